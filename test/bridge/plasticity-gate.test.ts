import { describe, expect, it } from 'vitest';
import { PlasticityGate } from '../../bridge/plasticity-gate.js';
import { plasticNetwork } from './controller-rig.js';

function gated() {
  const network = plasticNetwork();
  return { network, gate: new PlasticityGate(network) };
}

describe('the gate of plasticity', () => {
  it('is closed as long as anybody holds it', () => {
    const { network, gate } = gated();
    gate.hold('operator');
    gate.hold('perturbation');
    expect(network.frozen).toBe(true);
    gate.release('operator');
    expect(network.frozen).toBe(true);
    gate.release('perturbation');
    expect(network.frozen).toBe(false);
  });

  it('is not opened by who does not hold it', () => {
    const { network, gate } = gated();
    gate.hold('health');
    gate.release('operator');
    expect(network.frozen).toBe(true);
    expect(gate.holders).toEqual(['health']);
  });

  it('counts a holder once', () => {
    const { network, gate } = gated();
    gate.hold('operator');
    gate.hold('operator');
    gate.release('operator');
    expect(network.frozen).toBe(false);
  });

  it('shows other holders as another array, and the same ones as the same', () => {
    const { gate } = gated();
    gate.hold('operator');
    const { holders } = gate;
    gate.hold('operator');
    expect(gate.holders).toBe(holders);
    gate.hold('health');
    expect(gate.holders).not.toBe(holders);
  });

  it('opens for another life, whoever held it', () => {
    const { network, gate } = gated();
    gate.hold('operator');
    gate.hold('health');
    gate.releaseAll();
    expect(network.frozen).toBe(false);
    expect(gate.holders).toEqual([]);
  });

  it('says when there is no plasticity to hold', () => {
    expect(new PlasticityGate(undefined).exists).toBe(false);
    expect(gated().gate.exists).toBe(true);
  });
});
