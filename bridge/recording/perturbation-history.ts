import { z } from 'zod';
import type { RecordedEvent } from './read-recording.js';

export interface PerturbationNote {
  readonly id: string;
  /** Component, target, type, value, start and duration, as they are typed. */
  readonly text: string;
  /** When it was asked for, s since the recording began. */
  readonly time: number;
  /** Why it was refused; empty: it was not. */
  readonly refusal: string;
}

const requestSchema = z.object({
  operation: z.literal('begin'),
  perturbation: z.object({
    component: z.string(),
    target: z.string().optional(),
    type: z.string(),
    value: z.number().optional(),
    start: z.number().optional(),
    duration: z.number().optional(),
  }),
});
const answerSchema = z.object({ id: z.string(), accepted: z.boolean(), reason: z.string() });

/** The perturbation that was asked for in `entry`, with its answer; undefined: there was none. `began`: s. */
export function notePerturbation(entry: RecordedEvent, began: number): PerturbationNote | undefined {
  if (entry.event.topic !== 'perturbationRequest') return undefined;
  const request = requestSchema.safeParse(messageOf(entry, 'perturbationRequest')).data;
  const answer = answerSchema.safeParse(messageOf(entry, 'acknowledgement')).data;
  if (!request || !answer) return undefined;
  const { component, target, type, value, start, duration } = request.perturbation;
  const text = [
    component,
    target === undefined ? '' : `:${target}`,
    `:${type}`,
    value === undefined ? '' : `=${value}`,
    start === undefined ? '' : `@${start}`,
    duration === undefined ? '' : `+${duration}`,
  ].join('');
  return { id: answer.id, text, time: entry.time - began, refusal: answer.accepted ? '' : answer.reason };
}

function messageOf({ children }: RecordedEvent, topic: string): unknown {
  const message = children.find((child) => child.kind === 'message' && child.topic === topic);
  try {
    return message?.kind === 'message' ? JSON.parse(message.text) : undefined;
  } catch {
    return undefined;
  }
}
