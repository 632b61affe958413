// All checks, then all tests, on real parts. Ends with a line "N passed, N failed". Arguments go to vitest, and then
// only the tests that they name are run.
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runCheckSteps } from './check-steps.ts';
import { runStep, type StepResult } from './run-step.ts';
import { tidy } from './workbench/index.ts';

interface Count {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

const filters = process.argv.slice(2);
const folder = await mkdtemp(join(tmpdir(), 'image-builder-test-'));
const resultFile = join(folder, 'vitest.json');
// The program is started a thousand times.
process.env.NODE_COMPILE_CACHE = join(folder, 'compile-cache');

/** What vitest counted. A run that broke off before it could count has failed. */
async function countTests(exitCode: number): Promise<Count> {
  const text = await readFile(resultFile, 'utf8').catch(() => undefined);
  if (text === undefined) return { passed: 0, failed: 1, skipped: 0 };
  const { numPassedTests, numFailedTests, numPendingTests, numTodoTests, success } = JSON.parse(
    text,
  ) as Record<string, number>;
  const failed = (numFailedTests ?? 0) + (numFailedTests === 0 && (exitCode !== 0 || !success) ? 1 : 0);
  return { passed: numPassedTests ?? 0, failed, skipped: (numPendingTests ?? 0) + (numTodoTests ?? 0) };
}

function countSteps(results: readonly StepResult[]): Count {
  const failed = results.filter((result) => result.exitCode !== 0).length;
  return { passed: results.length - failed, failed, skipped: 0 };
}

process.on('SIGINT', () => undefined);
const bundle = await runStep('bundle', ['node', 'scripts/build.ts'], true);
const checks = filters.length === 0 ? await runCheckSteps({ testsFollow: true }) : [];
const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${resultFile}`];
const vitest = await runStep('tests', ['vitest', 'run', ...reporters, ...filters], true);
// Interrupted, Vitest ends where it stands.
if (vitest.exitCode > 128) await tidy({ root: process.env.WORKBENCH_ROOT });
const counts = [countSteps([bundle, ...checks]), await countTests(vitest.exitCode)];
await rm(folder, { recursive: true, force: true });

const sum = (key: keyof Count) => counts.reduce((total, count) => total + count[key], 0);
const skipped = sum('skipped') === 0 ? '' : `, ${sum('skipped')} skipped`;
process.stdout.write(`${sum('passed')} passed, ${sum('failed')} failed${skipped}\n`);
process.exitCode = sum('failed') === 0 ? 0 : 1;
