import type { Command } from '../command.js';
import control from './control.js';
import demo from './demo.js';
import doctor from './doctor.js';
import evaluate from './evaluate.js';
import evolve from './evolve.js';
import experiment from './experiment.js';
import exportRules from './export.js';
import guard from './guard.js';
import importRules from './import.js';
import inspect from './inspect.js';
import perturb from './perturb.js';
import replay from './replay.js';
import simulate from './simulate.js';

/** Every command of the CLI, in the order in which help lists them. */
export const COMMANDS: readonly Command[] = [
  demo,
  control,
  simulate,
  perturb,
  replay,
  guard,
  evolve,
  evaluate,
  experiment,
  inspect,
  importRules,
  exportRules,
  doctor,
];
