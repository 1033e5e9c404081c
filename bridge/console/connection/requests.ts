import type { OperatorRequest, PerturbationRequest, SimulationRequest } from '../../message-map.js';
import { formatPerturbation, type PerturbationInput } from '../../../policy/perturbation/index.js';

/** The services of the server, by name. */
export type ServiceName =
  'freeze' | 'thaw' | 'reset_weights' | 'perturb' | 'end_perturbation' | 'estop' | 'restart' | 'pause';

/** Something that the operator asks for: what travels, and how people read it. */
export interface ConsoleRequest {
  readonly id: string;
  readonly service: ServiceName;
  readonly text: string;
  readonly payload: OperatorRequest | PerturbationRequest | SimulationRequest;
}

export function emergencyStop(id: string): ConsoleRequest {
  return { id, service: 'estop', text: 'emergency stop', payload: { operation: 'emergency-stop', id } };
}

export function freeze(id: string, frozen: boolean): ConsoleRequest {
  const payload = { operation: 'freeze', id, frozen } as const;
  return frozen
    ? { id, service: 'freeze', text: 'freeze the weights', payload }
    : { id, service: 'thaw', text: 'thaw the weights', payload };
}

export function resetWeights(id: string): ConsoleRequest {
  return {
    id,
    service: 'reset_weights',
    text: 'reset the weights',
    payload: { operation: 'reset-weights', id },
  };
}

export function beginPerturbation(perturbation: PerturbationInput): ConsoleRequest {
  const { id } = perturbation;
  const text = formatPerturbation(perturbation);
  return { id, service: 'perturb', text, payload: { operation: 'begin', perturbation } };
}

/** The request has the id of the perturbation: that is what is answered. */
export function endPerturbation(id: string, text: string): ConsoleRequest {
  return { id, service: 'end_perturbation', text: `end ${text}`, payload: { operation: 'end', id } };
}

export function pauseSimulation(id: string, paused: boolean): ConsoleRequest {
  const text = paused ? 'pause the simulator' : 'let the simulator go on';
  return { id, service: 'pause', text, payload: { operation: 'pause', id, paused } };
}

/** What may be chosen for another episode; what is left out stays as it is. */
export type RestartChoice = Omit<Extract<SimulationRequest, { operation: 'restart' }>, 'operation' | 'id'>;

export function restartSimulation(id: string, choice: RestartChoice): ConsoleRequest {
  const words = Object.entries(choice).map(([name, value]) => `${name} ${value}`);
  const text = words.length === 0 ? 'restart' : `restart with ${words.join(', ')}`;
  return { id, service: 'restart', text, payload: { operation: 'restart', id, ...choice } };
}
