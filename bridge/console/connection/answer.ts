import { z } from 'zod';

const answerSchema = z.object({
  id: z.string(),
  accepted: z.boolean(),
  code: z.string().optional(),
  reason: z.string().default(''),
});

/** What became of a request. */
export interface ServiceAnswer {
  readonly accepted: boolean;
  readonly code: string | undefined;
  /** Why it was refused and what would be right. */
  readonly reason: string;
}

/** The answer of a service, from its JSON; or what is wrong with it. */
export function readAnswer(text: string): ServiceAnswer | { readonly problem: string } {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return { problem: `the answer is no JSON: ${text.slice(0, 80)}` };
  }
  const parsed = answerSchema.safeParse(value);
  if (!parsed.success) return { problem: `the answer cannot be read: ${text.slice(0, 80)}` };
  const { accepted, code, reason } = parsed.data;
  return { accepted, code, reason };
}
