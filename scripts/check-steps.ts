import { runStep, type StepResult } from './run-step.ts';

/** Everything that is checked without running the product. */
const steps: readonly (readonly [name: string, ...command: string[]])[] = [
  ['types', 'tsc'],
  ['format and lint', 'biome', 'ci', '--colors=off', '--error-on-warnings', '.'],
  ['dead code', 'knip'],
  ['generated files', 'node', 'scripts/generate.ts', '--check'],
  ['workflows, actions and pipelines', 'node', 'scripts/lint/main.ts'],
  ['bundles of actions', 'node', 'scripts/build-actions.ts', '--check'],
  ['architecture', 'vitest', 'run', '--project', 'unit', 'test/architecture.test.ts'],
];

/** Runs all checks side by side and prints a line for each, with the output of those that fail. */
export async function runCheckSteps(): Promise<readonly StepResult[]> {
  const results = await Promise.all(steps.map(([name, ...command]) => runStep(name, command)));
  for (const { name, exitCode, seconds, output } of results) {
    process.stdout.write(`${exitCode === 0 ? 'ok    ' : 'FAILED'} ${name} (${seconds.toFixed(1)} s)\n`);
    if (exitCode !== 0) process.stdout.write(`${output.trimEnd()}\n`);
  }
  return results;
}
