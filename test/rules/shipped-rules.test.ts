import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import { decodeBundle } from '../../policy/bundle/rule-bundle.js';
import { mixSeed } from '../../policy/random.js';
import { ANT_CONTRACT } from '../../policy/robot-contract.js';
import { bundleWork, type LifeReport } from '../../sim/evaluation/bundle-work.js';
import { parseEvolutionSettings } from '../../sim/evolution/evolution-settings.js';
import { loadRapier } from '../../sim/rapier.js';

const file = fileURLToPath(new URL('../../rules/ant.safetensors', import.meta.url));
const bytes = readFileSync(file);

beforeAll(loadRapier);

/** Ten lives with one morphology; `hebbridge evaluate` lives a hundred. */
function lives(morphology: string, freezeAt?: number): LifeReport[] {
  const live = bundleWork(bytes);
  return Array.from({ length: 10 }, (_, r) =>
    live({ morphology, seed: mixSeed(77, r), horizon: 1000, ...(freezeAt !== undefined && { freezeAt }) }),
  );
}

function mean(reports: readonly LifeReport[], of: (life: LifeReport) => number): number {
  return reports.reduce((sum, life) => sum + of(life), 0) / reports.length;
}

describe('rules/ant.safetensors', () => {
  it('loads, is for the Ant, and was evolved with the settings beside it', () => {
    const bundle = decodeBundle(bytes, file);
    expect(bundle.contract).toEqual(ANT_CONTRACT);
    expect(bundle.golden.largestDifference).toBe(0);
    const settings = readFileSync(
      fileURLToPath(new URL('../../rules/stages/7.settings.json', import.meta.url)),
      'utf8',
    );
    const { from, ...evolution } = bundle.provenance.evolution!;
    expect(from).toMatchObject({ bundle: 'rules/stages/6.safetensors' });
    // Settings that came later have their defaults in both.
    const own = parseEvolutionSettings({ ...bundle.network, ...evolution }, 'the bundle');
    expect(own).toEqual(parseEvolutionSettings(JSON.parse(settings), 'the file'));
  });

  it('walks from random weights, and keeps them bounded', () => {
    const walked = lives('intact');
    expect(mean(walked, ({ distance }) => distance)).toBeGreaterThan(1200);
    expect(walked.filter(({ distance }) => distance >= 100).length).toBeGreaterThanOrEqual(9);
    const grown = mean(walked, ({ weightRms }) => weightRms.end) / mean(walked, ({ weightRms }) => weightRms.step100);
    expect(grown).toBeLessThan(3);
  });

  it.each(['right_front', 'left_front'])('walks with its %s foot cut', (morphology) => {
    expect(mean(lives(morphology), ({ distance }) => distance)).toBeGreaterThan(800);
  });

  it('jumps from limit to limit no more: an action changes little from step to step', () => {
    expect(mean(lives('intact'), ({ actionChange }) => actionChange)).toBeLessThan(0.3);
  });

  it('walks because of its plasticity: without, it stays where it is', () => {
    expect(mean(lives('intact', 0), ({ distance }) => Math.abs(distance))).toBeLessThan(20);
  });
});
