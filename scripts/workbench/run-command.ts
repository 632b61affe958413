import { spawn } from 'node:child_process';
import { WorkbenchError } from './workbench-error.ts';

export interface CommandOptions {
  readonly env?: NodeJS.ProcessEnv;
  readonly cwd?: string;
  readonly signal?: AbortSignal;
  readonly timeoutMs?: number;
}

export interface CommandResult {
  /** 127 when the program does not exist, 124 when it ran out of time. */
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

const defaultTimeoutMs = 120_000;

/** Runs a program to its end and returns what it said, whatever its exit code. */
export function tryCommand(file: string, args: readonly string[], options: CommandOptions = {}) {
  return new Promise<CommandResult>((settle, fail) => {
    const timeout = AbortSignal.timeout(options.timeoutMs ?? defaultTimeoutMs);
    const signal = options.signal ? AbortSignal.any([options.signal, timeout]) : timeout;
    const child = spawn(file, args, {
      env: options.env ?? process.env,
      cwd: options.cwd,
      stdio: ['ignore', 'pipe', 'pipe'],
      signal,
    });
    const stdout: Buffer[] = [];
    const stderr: Buffer[] = [];
    child.stdout.on('data', (chunk: Buffer) => stdout.push(chunk));
    child.stderr.on('data', (chunk: Buffer) => stderr.push(chunk));
    const result = (code: number): CommandResult => ({
      code,
      stdout: Buffer.concat(stdout).toString(),
      stderr: Buffer.concat(stderr).toString(),
    });
    child.on('error', (error: NodeJS.ErrnoException) => {
      if (options.signal?.aborted) fail(options.signal.reason);
      else if (timeout.aborted) settle(result(124));
      else if (error.code === 'ENOENT') settle(result(127));
      else fail(error);
    });
    child.on('close', (code) => settle(result(code ?? 1)));
  });
}

/** Runs a program that has to succeed and returns its stdout. */
export async function runCommand(file: string, args: readonly string[], options: CommandOptions = {}) {
  const { code, stdout, stderr } = await tryCommand(file, args, options);
  if (code === 0) return stdout;
  const why = code === 124 ? 'out of time' : code === 127 ? 'not found' : `exit code ${code}`;
  const tail = (stderr.trim() || stdout.trim()).split('\n').slice(-8).join('\n  ');
  throw new WorkbenchError(`${file} … ${args.at(-1) ?? ''}: ${why}\n  ${tail}`);
}
