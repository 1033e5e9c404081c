export * from './actuator-faults.js';
export * from './check-perturbation.js';
export * from './perturbation.js';
export * from './perturbation-kinds.js';
export * from './perturbation-schedule.js';
export * from './perturbation-text.js';
export * from './sensor-faults.js';
export * from './target-names.js';
