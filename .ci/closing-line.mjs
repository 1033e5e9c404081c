// The last lines of .ci/run: what passed and what failed, counted from what the stages left behind.
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';

const [results, exitCode, stage] = process.argv.slice(2);
let passed = 0;
let failed = 0;
const said = [];

if (existsSync(path.join(results, 'demo.passed'))) {
  passed += 1;
  said.push('npm start walked');
}
const vitestFile = path.join(results, 'vitest.json');
if (existsSync(vitestFile)) {
  const { numPassedTests, numFailedTests, numPendingTests, testResults } = JSON.parse(
    readFileSync(vitestFile, 'utf8'),
  );
  // A file that could not be loaded has no tests to count, and has failed.
  const unloaded = testResults.filter(
    (file) => file.status === 'failed' && file.assertionResults.length === 0,
  ).length;
  passed += numPassedTests;
  failed += numFailedTests + unloaded;
  said.push(
    `vitest ${numPassedTests} passed, ${numFailedTests + unloaded} failed, ${numPendingTests} skipped`,
  );
}
if (exitCode !== '0') {
  said.push(`failed in: ${stage} (exit code ${exitCode})`);
  failed = Math.max(failed, 1);
}
console.log(`\n== ${said.join('; ')}`);
console.log(`${passed} passed, ${failed} failed`);
