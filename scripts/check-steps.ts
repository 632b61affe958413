import { runStep, type StepResult } from './run-step.ts';

/** Everything that is checked without running the product. */
const steps: readonly (readonly [name: string, ...command: string[]])[] = [
  ['types', 'tsc'],
  ['format and lint', 'biome', 'ci', '--colors=off', '--error-on-warnings', '.'],
  ['dead code', 'knip'],
  ['generated files', 'node', 'scripts/generate.ts', '--check'],
  ['workflows, actions and pipelines', 'node', 'scripts/lint/main.ts'],
  ['bundles of actions', 'node', 'scripts/build-actions.ts', '--check'],
];

const architecture = [
  'architecture',
  'vitest',
  'run',
  '--project',
  'unit',
  'test/architecture.test.ts',
] as const;

/**
 * Runs all checks side by side and prints a line for each, with the output of those that fail. What is itself a test
 * is left out where all tests follow.
 */
export async function runCheckSteps({
  testsFollow,
}: {
  readonly testsFollow: boolean;
}): Promise<readonly StepResult[]> {
  const due = testsFollow ? steps : [...steps, architecture];
  const results = await Promise.all(due.map(([name, ...command]) => runStep(name, command)));
  for (const { name, exitCode, seconds, output } of results) {
    process.stdout.write(`${exitCode === 0 ? 'ok    ' : 'FAILED'} ${name} (${seconds.toFixed(1)} s)\n`);
    if (exitCode !== 0) process.stdout.write(`${output.trimEnd()}\n`);
  }
  return results;
}
