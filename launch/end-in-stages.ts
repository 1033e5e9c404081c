/** Something that is closed, stopped or ended. */
export type Ending = () => unknown;

/**
 * One stage after the other; those of a stage at once. Each is ended whatever becomes of the others: a console that
 * cannot be closed leaves no recording cut off. The first stage begins before this returns. Rejects with the first
 * error, when all is done.
 */
export async function endInStages(...stages: readonly (readonly Ending[])[]): Promise<void> {
  const errors: unknown[] = [];
  for (const stage of stages) {
    const outcomes = await Promise.allSettled(stage.map((end) => new Promise((resolve) => resolve(end()))));
    for (const outcome of outcomes) if (outcome.status === 'rejected') errors.push(outcome.reason);
  }
  if (errors.length > 0) throw errors[0];
}
