import { runCommand } from '../process/index.ts';
import type { Engine } from './engine.ts';
import { createLineReader } from './line-reader.ts';

export interface AskOptions {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly signal?: AbortSignal | undefined;
}

export interface BuildxAnswer {
  readonly exitCode: number | undefined;
  /** Of stdout. */
  readonly lines: readonly string[];
}

/** Runs one short command of buildx and collects what it answers. */
export async function askBuildx(
  { command }: Engine,
  args: readonly string[],
  { env, signal }: AskOptions,
): Promise<BuildxAnswer> {
  const lines: string[] = [];
  const reader = createLineReader((line) => lines.push(line));
  const exitCode = await runCommand([...command, ...args], { env, signal, onStdout: reader.take });
  reader.end();
  return { exitCode, lines };
}
