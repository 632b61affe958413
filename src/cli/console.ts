/** The process as commands see it: stdout is the answer, stderr the progress. */
export interface Console {
  readonly stdout: NodeJS.WriteStream;
  readonly stderr: NodeJS.WriteStream;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly directory: string;
}

/** The console of this process. */
export function processConsole(): Console {
  return {
    stdout: process.stdout,
    stderr: process.stderr,
    environment: process.env,
    directory: process.cwd(),
  };
}
