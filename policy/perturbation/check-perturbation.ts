import type { z } from 'zod';
import type { RobotContract } from '../robot-contract.js';
import { perturbationKind, typesOf, type PerturbationKind } from './perturbation-kinds.js';
import { perturbationSchema, refuse, type Perturbation, type Refusal, type Verdict } from './perturbation.js';
import { targetNames } from './target-names.js';

/** What a perturbation is checked against. */
export interface PerturbationSubject {
  readonly contract: RobotContract;
  /** Layers of weights that the policy lets be changed; 0 if it has none. */
  readonly layers: number;
  /** Whether the robot is simulated, so that its body can be changed. */
  readonly simulated: boolean;
}

/**
 * Accept or refuse what somebody outside asks for. An accepted perturbation exists for this robot and policy,
 * its value is in range and filled in where the kind has a default. Without a subject, for who does not know the
 * robot: whatever can be said without knowing it; whether the target exists cannot.
 */
export function checkPerturbation(input: unknown, subject?: PerturbationSubject): Verdict<Perturbation> {
  const parsed = perturbationSchema.safeParse(input);
  if (!parsed.success) return refuseShape(parsed.error, input);
  const { id, component, type, target, value, start, duration } = parsed.data;
  const kind = perturbationKind(component, type);
  if (!kind) {
    return refuse(
      'ERR_PERTURBATION_KIND',
      `${component} takes ${typesOf(component).join(', ')}; not '${type}'`,
    );
  }
  const refusal =
    (subject && checkSupport(kind, subject)) ??
    checkTarget(kind, target, subject) ??
    checkValue(kind, value) ??
    checkDuration(kind, duration);
  if (refusal) return refusal;
  const filled = value ?? (kind.value?.default === 'none' ? undefined : kind.value?.default);
  return {
    accepted: true,
    perturbation: {
      id,
      component,
      type,
      ...(target === undefined ? {} : { target }),
      ...(filled === undefined ? {} : { value: filled }),
      start,
      ...(duration === undefined ? {} : { duration }),
    },
  };
}

function checkSupport(
  kind: PerturbationKind,
  { layers, simulated }: PerturbationSubject,
): Refusal | undefined {
  const name = `${kind.component}:${kind.type}`;
  if (kind.actsOn === 'body' && !simulated) {
    return refuse('ERR_PERTURBATION_UNSUPPORTED', `${name} needs a simulated robot; this one is not`);
  }
  if (kind.actsOn === 'policy' && layers === 0) {
    return refuse('ERR_PERTURBATION_UNSUPPORTED', `${name} needs a Hebbian network; this policy is none`);
  }
  return undefined;
}

function checkTarget(
  { component, type, target: wanted }: PerturbationKind,
  target: string | undefined,
  subject: PerturbationSubject | undefined,
): Refusal | undefined {
  const names = subject && targetNames(component, subject.contract, subject.layers);
  if (target === undefined) {
    if (wanted !== 'required') return undefined;
    const right = names ? `one of ${names.join(', ')}` : `the name of a ${component}`;
    return refuse('ERR_PERTURBATION_TARGET', `${component}:${type} needs a target: ${right}`);
  }
  if (wanted === 'none') {
    return refuse('ERR_PERTURBATION_TARGET', `${component}:${type} takes no target; got '${target}'`);
  }
  if (!names || names.includes(target)) return undefined;
  return refuse('ERR_PERTURBATION_TARGET', `no ${component} '${target}'; there are ${names.join(', ')}`);
}

function checkValue(
  { component, type, value: wanted }: PerturbationKind,
  value: number | undefined,
): Refusal | undefined {
  const name = `${component}:${type}`;
  if (!wanted) {
    if (value === undefined) return undefined;
    return refuse('ERR_PERTURBATION_VALUE', `${name} takes no value; got ${value}`);
  }
  const { meaning, minimum, maximum, integer } = wanted;
  const right = `${name} takes ${integer ? 'an integer' : 'a number'} from ${minimum} to ${maximum}: ${meaning}`;
  if (value === undefined) {
    if (wanted.default !== undefined) return undefined;
    return refuse('ERR_PERTURBATION_VALUE', `${right}; got none`);
  }
  if (value >= minimum && value <= maximum && (!integer || Number.isInteger(value))) return undefined;
  return refuse('ERR_PERTURBATION_VALUE', `${right}; got ${value}`);
}

function checkDuration(
  { component, type, instant }: PerturbationKind,
  duration: number | undefined,
): Refusal | undefined {
  if (!instant || duration === undefined) return undefined;
  return refuse(
    'ERR_PERTURBATION_VALUE',
    `${component}:${type} is done at once and takes no duration; got ${duration} s`,
  );
}

function refuseShape(error: z.ZodError, input: unknown): Refusal {
  const issue = error.issues[0]!;
  if (issue.code === 'unrecognized_keys') {
    const fields = Object.keys(perturbationSchema.shape).join(', ');
    return refuse(
      'ERR_PERTURBATION_SYNTAX',
      `unknown field ${issue.keys.join(', ')}; the fields are ${fields}`,
    );
  }
  const field = issue.path[0];
  if (typeof field !== 'string') {
    return refuse(
      'ERR_PERTURBATION_SYNTAX',
      `a perturbation is an object with id, component, type; got ${show(input)}`,
    );
  }
  const value = (input as Record<string, unknown>)[field];
  const numeric = field === 'value' || field === 'start' || field === 'duration';
  return refuse(
    numeric ? 'ERR_PERTURBATION_VALUE' : 'ERR_PERTURBATION_SYNTAX',
    `${field}: ${issue.message}; got ${show(value)}`,
  );
}

/** A short picture of something from outside, whatever it is. */
function show(value: unknown): string {
  if (typeof value === 'number' || value === undefined) return String(value);
  let text: string | undefined;
  try {
    text = JSON.stringify(value);
  } catch {
    // Cyclic, or with a toJSON that throws.
  }
  text ??= typeof value;
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}
