import { appendFileSync, statSync } from 'node:fs';
import { ImageBuilderError, reasonOf } from '../core/index.ts';
import { cutSummary } from './cut-summary.ts';
import type { Environment } from './environment.ts';

/** What a step leaves for the runner and for its own post step. Written at once, so that a signal loses nothing. */
export interface RunnerFiles {
  readonly setOutput: (name: string, value: string) => void;
  /** For `readState` in the post step of the same action. */
  readonly saveState: (name: string, value: string) => void;
  readonly readState: (name: string) => string | undefined;
  /** Adds Markdown to the summary of the job, cut where the summary of the step would get too large. */
  readonly appendSummary: (markdown: string) => void;
}

export interface RunnerFilesOptions {
  readonly environment: Environment;
  /** Makes a new text at each call, of letters, digits, `-` and `_`, which nobody can guess. */
  readonly delimiter: () => string;
}

/** Opens the files of this step. Throws `usage.invalid` outside of a runner, `report.unwritable`. */
export function runnerFiles({ environment, delimiter }: RunnerFilesOptions): RunnerFiles {
  const append = (variable: string, make: (path: string) => string) => {
    const path = environment[variable] || notInRunner(variable);
    try {
      appendFileSync(path, make(path));
    } catch (cause) {
      if (cause instanceof ImageBuilderError) throw cause;
      const message = `cannot write the file of "${variable}": ${reasonOf(cause)}`;
      throw new ImageBuilderError('report.unwritable', message, { path }, { cause });
    }
  };
  const set = (variable: string) => (name: string, value: string) =>
    append(variable, () => keyValue(name, value.toWellFormed(), delimiter()));
  return {
    setOutput: set('GITHUB_OUTPUT'),
    saveState: set('GITHUB_STATE'),
    readState: (name) => environment[`STATE_${name}`],
    appendSummary: (markdown) =>
      append('GITHUB_STEP_SUMMARY', (path) =>
        cutSummary(markdown, statSync(path, { throwIfNoEntry: false })?.size ?? 0),
      ),
  };
}

/** One value in the form with a delimiter, which takes any text that does not hold the delimiter. */
function keyValue(name: string, value: string, delimiter: string): string {
  const isSafe = /^[\w-]{16,}$/.test(delimiter) && /^[A-Za-z_][\w-]*$/.test(name);
  if (!isSafe || value.includes(delimiter)) {
    const where = `the value of "${name}" for the runner`;
    throw new ImageBuilderError('internal', `${where} cannot be told from what follows`, { where });
  }
  return `${name}<<${delimiter}\n${value}\n${delimiter}\n`;
}

function notInRunner(variable: string): never {
  const message = `variable "${variable}" is not set`;
  const hint = 'run this as a step of a GitHub workflow';
  throw new ImageBuilderError('usage.invalid', message, { argument: variable }, { hint });
}
