import { z } from 'zod';
import type { Topic } from '../message-map.js';
import { exactNumber } from './recorded-messages.js';

/**
 * What may happen to a controller from outside: a message that it hears, an appointment with its clock, and the acts
 * of its owner. Everything else that a controller does follows from these and from what its clock says meanwhile.
 */
export const EVENT_KINDS = [
  'configure',
  'message',
  'appointment',
  'activate',
  'deactivate',
  'stop',
  'emergency-stop',
  'clear-stop',
  'set-frozen',
  'reset-weights',
  'goal-heading',
  'step',
] as const;

export type EventKind = (typeof EVENT_KINDS)[number];

/** As it stands in a recording, written when the event is over. */
export interface ControllerEvent {
  readonly kind: EventKind;
  /** Which one of the controllers that were recorded, from 0. */
  readonly controller: number;
  /** Sequence number of the first record that belongs to the event: what it heard, and what was published in it. */
  readonly began: number;
  /** It happened while an earlier one was still under way: inside the publication before it. */
  readonly nested: boolean;
  /** Of a message: where it came. Empty for others. */
  readonly topic: Topic | '';
  /** Of a message, the number of the subscription; of an appointment, its own; both count from 0. */
  readonly target: number;
  /** Of a message: it is the one whose publication is under way, and stands there. */
  readonly echo: boolean;
  /** Of an act; null where it was left out, or the act has none. */
  readonly argument: number | boolean | null;
  /** What the clock said, each time that the controller asked, s. */
  readonly readings: readonly number[];
  /** Publications that the transport refused. */
  readonly failures: readonly { readonly sequence: number; readonly reason: string }[];
}

const count = z.int().nonnegative();

/** Topics are checked where the messages are. */
export const controllerEventSchema = z.strictObject({
  kind: z.enum(EVENT_KINDS),
  controller: count,
  began: count,
  nested: z.boolean(),
  topic: z.string(),
  target: count,
  echo: z.boolean(),
  argument: z.union([exactNumber, z.boolean(), z.null()]),
  readings: z.array(exactNumber),
  failures: z.array(z.strictObject({ sequence: count, reason: z.string() })),
});
