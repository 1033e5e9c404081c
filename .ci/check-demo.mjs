// Reads what `npm start -- --duration 5 --json` printed: did the robot walk, at the control rate?
import { readFileSync } from 'node:fs';

const SECONDS = 5;
const CONTROL_PERIOD = 0.0165;
// From random weights, standing still, in five seconds.
const LEAST_DISTANCE = 0.5;
// The machine may be busy with other work, and then misses periods.
const LEAST_SHARE_OF_STEPS = 0.5;
const MOST_SHARE_OF_OVERRUNS = 0.1;

const lastLine = readFileSync(process.argv[2], 'utf8').trimEnd().split('\n').at(-1);
const report = JSON.parse(lastLine);
const { distance, meanSpeed, steps, overruns, stepTime, weightRms, fallen } = report;
const periods = Math.floor(SECONDS / CONTROL_PERIOD);

const checks = [
  [distance >= LEAST_DISTANCE, `walked ${distance.toFixed(2)} m, at least ${LEAST_DISTANCE} m`],
  [meanSpeed > 0, `mean speed ${meanSpeed.toFixed(2)} m/s, more than 0`],
  [
    steps >= LEAST_SHARE_OF_STEPS * periods,
    `${steps} control steps of ${periods}, at least ${100 * LEAST_SHARE_OF_STEPS} %`,
  ],
  [
    overruns <= MOST_SHARE_OF_OVERRUNS * periods,
    `${overruns} overruns, at most ${100 * MOST_SHARE_OF_OVERRUNS} % of them`,
  ],
  [
    stepTime?.p99Ms < 1000 * CONTROL_PERIOD,
    `step time p99 ${stepTime?.p99Ms} ms, less than a control period`,
  ],
  [Number.isFinite(weightRms) && weightRms > 0, `weights ${weightRms} rms, a finite number`],
  [fallen === false, `fallen: ${fallen}, should be false`],
];
for (const [holds, what] of checks) console.log(`${holds ? 'ok  ' : 'FAIL'} ${what}`);
if (!checks.every(([holds]) => holds)) process.exit(1);
