import { z } from 'zod';
import { robotContractSchema } from '../../policy/bundle/bundle-metadata.js';
import type { ControllerOptions } from '../controller-options.js';
import { FINDINGS } from '../supervisor/finding.js';
import type { SafetySettings } from '../supervisor/safety-settings.js';
import { exactNumber } from './recorded-messages.js';

/** Everything that a controller is made with but its surroundings and its policy. */
export type RecordedSettings = Omit<ControllerOptions, 'transport' | 'clock' | 'policy'>;

const bounds = z.strictObject({ freeze: exactNumber, damp: exactNumber, stop: exactNumber });
const latches = ['emergency-stop', ...Object.keys(FINDINGS)];

const safetyFields = {
  stalePeriods: exactNumber,
  leastInputRate: exactNumber,
  largestInputRate: exactNumber,
  positionMargin: exactNumber,
  largestTilt: exactNumber,
  largestJointVelocity: exactNumber,
  largestJointEffort: exactNumber,
  largestAction: exactNumber,
  largestActionRate: exactNumber,
  fadeInTime: exactNumber,
  recoveryTime: exactNumber,
  dampingGain: exactNumber,
  dampedTimeout: exactNumber,
  overrunPolicy: z.enum(['report', 'hold', 'stop']),
  largestMissedShare: exactNumber,
  weightRms: bounds,
  weightDrift: bounds,
  saturation: bounds,
  settleTime: exactNumber,
} satisfies Record<keyof SafetySettings, z.ZodType>;

const fields = {
  contract: robotContractSchema,
  seed: exactNumber,
  goalHeading: exactNumber.optional(),
  referenceHeight: exactNumber.optional(),
  simulated: z.boolean().optional(),
  perturbations: z.boolean().optional(),
  safety: z.strictObject(safetyFields).partial().optional(),
  statusPeriod: exactNumber.optional(),
  weightsPeriod: exactNumber.optional(),
  input: z.enum(['state', 'observation']).optional(),
  commandInterface: z.enum(['effort', 'position']).optional(),
  trigger: z.enum(['timer', 'input', 'call']).optional(),
  latched: z.enum(latches).optional(),
} satisfies Record<keyof RecordedSettings, z.ZodType>;

/** A setting that this hebbridge does not know is refused: without it the controller would not be the same. */
export const recordedSettingsSchema = z
  .strictObject(fields)
  // JSON has no undefined: what may be absent is absent.
  .transform((settings) => settings as unknown as RecordedSettings);

/** The settings in `options`; what is none of ours stays out. */
export function settingsOf(options: ControllerOptions): RecordedSettings {
  const surroundings: readonly string[] = ['transport', 'clock', 'policy'];
  const settings = Object.entries(options).filter(([name]) => !surroundings.includes(name));
  return Object.fromEntries(settings) as unknown as RecordedSettings;
}
