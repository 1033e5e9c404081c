import { checkPerturbation, type PerturbationSubject } from './check-perturbation.js';
import {
  refuse,
  type Perturbation,
  type PerturbationComponent,
  type PerturbationInput,
  type PerturbationType,
  type Verdict,
} from './perturbation.js';

/** The text form of a perturbation, for the command line and for people. */
export const PERTURBATION_FORM = 'component[:target]:type[=value][@start][+duration]';

const NUMBER = String.raw`-?(?:\d+(?:\.\d*)?|\.\d+)(?:e[+-]?\d+)?`;
const NAME = String.raw`[^\s:=@+]+`;
const PATTERN = new RegExp(
  `^(?<component>${NAME})(?::(?<target>${NAME}))?:(?<type>${NAME})` +
    `(?:=(?<value>${NUMBER}))?(?:@(?<start>${NUMBER}))?(?:\\+(?<duration>${NUMBER}))?$`,
);
const LONGEST_TEXT = 256;

/**
 * Read the text form, `component[:target]:type[=value][@start][+duration]`, times in s:
 * `leg:left_front:shorten=0.1@10`, `joint:left_front_hip:weak=0.5@3+2`, `weights:zero=0.33`,
 * `weights:layer_2:zero=0.5`, `sensor:roll:noise=0.1`, `plasticity:freeze`, `outputs:saturated=1+2`.
 * The text form has no id; the caller gives one. Without a subject, names of targets are not looked up.
 */
export function parsePerturbation(
  text: string,
  id: string,
  subject?: PerturbationSubject,
): Verdict<Perturbation> {
  const match = text.length <= LONGEST_TEXT ? PATTERN.exec(text) : null;
  const fields: Readonly<Record<string, string | undefined>> | undefined = match?.groups;
  if (!fields) {
    return refuse(
      'ERR_PERTURBATION_SYNTAX',
      `'${text.slice(0, 60)}' is not of the form ${PERTURBATION_FORM}, as in leg:left_front:shorten=0.1@10+5`,
    );
  }
  const { component, target, type, value, start, duration } = fields;
  const input: PerturbationInput = {
    id,
    // Only as strings here; the check decides whether they exist.
    component: component as PerturbationComponent,
    type: type as PerturbationType,
    ...(target === undefined ? {} : { target }),
    ...(value === undefined ? {} : { value: Number(value) }),
    ...(start === undefined ? {} : { start: Number(start) }),
    ...(duration === undefined ? {} : { duration: Number(duration) }),
  };
  return checkPerturbation(input, subject);
}

/** The text form; {@link parsePerturbation} reads it back to the same perturbation, but for the id. */
export function formatPerturbation({
  component,
  target,
  type,
  value,
  start,
  duration,
}: PerturbationInput): string {
  return (
    component +
    (target === undefined ? '' : `:${target}`) +
    `:${type}` +
    (value === undefined ? '' : `=${value}`) +
    (start === undefined || start === 0 ? '' : `@${start}`) +
    (duration === undefined ? '' : `+${duration}`)
  );
}
