import { spawn } from 'node:child_process';
import { cancelled, ImageBuilderError } from '../core/index.ts';

/** A local git command reads a few files; one that takes longer hangs on a lock or a network file system. */
const deadlineMs = 30_000;
const maxOutputBytes = 4 * 1024 * 1024;

export interface GitResult {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * Runs a read-only git command in `directory`. Optional locks, prompts, pagers, and the file system monitor that a
 * repository's own configuration could name are off: the checkout need not be trusted.
 */
export function runGit(directory: string, args: readonly string[], signal?: AbortSignal): Promise<GitResult> {
  const env = {
    ...process.env,
    GIT_OPTIONAL_LOCKS: '0',
    GIT_TERMINAL_PROMPT: '0',
    GIT_PAGER: 'cat',
    LC_ALL: 'C',
  };
  const safe = ['-c', 'core.fsmonitor=false', '-c', 'core.hooksPath=/dev/null', ...args];
  return new Promise((resolve, reject) => {
    const child = spawn('git', safe, {
      cwd: directory,
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: deadlineMs,
      signal,
    });
    const output: { stdout: Buffer[]; stderr: Buffer[]; bytes: number } = {
      stdout: [],
      stderr: [],
      bytes: 0,
    };
    for (const name of ['stdout', 'stderr'] as const) {
      child[name].on('data', (chunk: Buffer) => {
        output.bytes += chunk.length;
        if (output.bytes <= maxOutputBytes) output[name].push(chunk);
      });
    }
    child.on('error', (error) => reject(signal?.aborted ? cancelled(signal) : cannotRun(error)));
    child.on('close', (code, killed) => {
      if (signal?.aborted) return reject(cancelled(signal));
      if (killed !== null) return reject(tookTooLong(args));
      const text = (chunks: Buffer[]) => Buffer.concat(chunks).toString('utf8');
      resolve({ exitCode: code ?? 1, stdout: text(output.stdout), stderr: text(output.stderr) });
    });
  });
}

function cannotRun(cause: unknown): ImageBuilderError {
  return new ImageBuilderError(
    'source.invalid',
    'cannot run git',
    { path: 'git' },
    { hint: 'install git', cause },
  );
}

function tookTooLong(args: readonly string[]): ImageBuilderError {
  const message = `"git ${args[0]}" took longer than ${deadlineMs / 1000} s`;
  return new ImageBuilderError(
    'source.invalid',
    message,
    { path: 'git' },
    { hint: 'look for a lock in .git' },
  );
}
