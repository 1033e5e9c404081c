/** What was looked at, and what was found. */
export interface Check {
  readonly subject: string;
  /** `missing`: it is not there, and nothing is wrong with that unless it is needed. */
  readonly result: 'ok' | 'missing' | 'problem';
  readonly found: string;
  /** What to do; absent where there is nothing to do. */
  readonly advice?: string;
  /** Whether `npm start`, or what was asked for, needs it to be ok. */
  readonly needed: boolean;
}

/** The last line: whether what is needed is there, and what is wrong where it is not. */
export function verdict(checks: readonly Check[]): { readonly good: boolean; readonly text: string } {
  const subjects = (of: readonly Check[]): string => of.map(({ subject }) => subject).join(', ');
  const wrong = checks.filter(({ needed, result }) => needed && result !== 'ok');
  if (wrong.length > 0) return { good: false, text: `Not ready: ${subjects(wrong)}.` };
  const problems = checks.filter(({ result }) => result === 'problem');
  if (problems.length > 0) {
    return { good: true, text: `Ready for npm start; there are problems with: ${subjects(problems)}.` };
  }
  const ros = checks.filter(({ subject }) => subject === 'ROS 2' || subject === 'rclnodejs');
  const robots = ros.length > 0 && ros.every(({ result }) => result === 'ok');
  return { good: true, text: robots ? 'Ready for npm start, and for robots.' : 'Ready for npm start.' };
}

/** One line a check, what to do below it. */
export function checksText(checks: readonly Check[]): string {
  const subjects = Math.max(...checks.map(({ subject }) => subject.length));
  const indent = ' '.repeat(subjects + 2 + 'problem'.length + 2);
  return checks
    .flatMap(({ subject, result, found, advice }) => [
      `${subject.padEnd(subjects)}  ${result.padEnd('problem'.length)}  ${found}`,
      ...(advice === undefined ? [] : advice.split('\n').map((line) => `${indent}-> ${line}`)),
    ])
    .join('\n');
}
