import type { Command } from '../command.js';
import evaluate from './evaluate.js';
import evolve from './evolve.js';

/** Every command of the CLI, in the order in which help lists them. */
export const COMMANDS: readonly Command[] = [evolve, evaluate];
