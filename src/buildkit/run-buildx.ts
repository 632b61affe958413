import { ImageBuilderError } from '../core/index.ts';
import { runCommand } from '../process/index.ts';
import { neutraliseLine } from '../progress/index.ts';
import type { Engine } from './engine.ts';
import { createLineReader } from './line-reader.ts';

export interface BuildxOptions {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly signal: AbortSignal;
}

/** Nobody reads what buildx would write down, nor what it would ask git for that. */
const withoutRecords = {
  BUILDX_METADATA_PROVENANCE: 'disabled',
  BUILDX_GIT_INFO: 'false',
  BUILDX_GIT_LABELS: undefined,
};

/** Characters of an engine's message that are worth showing. */
const longestReason = 300;

/** Runs buildx for something that nobody watches. Throws `engine.failed` with its own words when it does not succeed. */
export async function runBuildx(
  { command }: Engine,
  args: readonly string[],
  { env, signal }: BuildxOptions,
): Promise<void> {
  let words = '';
  const reader = createLineReader((line) => {
    if (line.startsWith('ERROR: ')) words = line.slice('ERROR: '.length);
  });
  const exitCode = await runCommand([...command, ...args], {
    env: { ...env, ...withoutRecords },
    signal,
    onStderr: reader.take,
  });
  reader.end();
  if (exitCode === 0 && !signal.aborted) return;
  const reason = neutraliseLine(words || 'it was stopped').slice(0, longestReason);
  throw new ImageBuilderError('engine.failed', `the engine says: ${reason}`, { exitCode: exitCode ?? -1 });
}
