import { ImageBuilderError } from '../core/index.ts';
import { runCommand } from '../process/index.ts';

/** Bytes of output that are kept; what a repository can make longer is read from `onStdout`. */
const maxOutput = 4 * 1024 * 1024;
/** What git exits with when it dies. */
const died = 128;

export interface GitCall {
  readonly directory: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly signal?: AbortSignal | undefined;
  /** Takes the output in place of `stdout` of the result. */
  readonly onStdout?: (chunk: Uint8Array) => void;
}

export interface GitResult {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs git to its end, which `signal` brings about early. Throws only when there is no git. */
export async function callGit({ directory, args, env, signal, onStdout }: GitCall): Promise<GitResult> {
  const [stdout, stderr] = [keepOutput(), keepOutput()];
  try {
    const exitCode = await runCommand(['git', '-C', directory, ...args], {
      env,
      signal,
      onStdout: onStdout ?? stdout.take,
      onStderr: stderr.take,
    });
    return { exitCode: exitCode ?? died, stdout: stdout.text(), stderr: stderr.text() };
  } catch (cause) {
    const hint = 'install git';
    throw new ImageBuilderError('source.invalid', 'cannot run git', { path: 'git' }, { hint, cause });
  }
}

function keepOutput() {
  const chunks: Uint8Array[] = [];
  let size = 0;
  return {
    take: (chunk: Uint8Array) => {
      size += chunk.length;
      if (size <= maxOutput) chunks.push(chunk);
    },
    text: () => Buffer.concat(chunks).toString(),
  };
}

/** The first that git complained of, which may hold names from a repository and words of a server. */
export function gitSays({ stderr, exitCode }: GitResult): string {
  const lines = stderr.split('\n').map((line) => line.trim());
  const first = lines.find((line) => /^(?:fatal|error): /.test(line));
  return first === undefined ? `git exits with ${exitCode}` : first.replace(/^[a-z]+: /, '').slice(0, 300);
}
