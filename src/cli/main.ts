import { exitCodeOf, exitCodes, isFailure } from '../core/index.ts';
import { chooseDisplay } from '../progress/index.ts';
import { type Console, processConsole } from './console.ts';
import { displayModes } from './open-display.ts';
import { type ErrorStyle, printError } from './print-error.ts';
import { run } from './run.ts';
import { version } from './version.ts';

const nodeMajor = 24;

/** The process: version, signals, the exit code. Everything else is in `run`. */
async function main(): Promise<void> {
  const args = process.argv.slice(2);
  if (args[0] === '--version' || args[0] === '-version') {
    process.stdout.write(`image-builder ${version}\n`);
    return;
  }
  const console = processConsole();
  // What Node and the libraries warn about is for developers of this program.
  if (!errorStyle(args, console).debug) process.removeAllListeners('warning');
  try {
    process.exitCode = await run(args, console, cancelOnSignals());
  } catch (error) {
    printError(error, console.stderr, errorStyle(args, console));
    process.exitCode = isFailure(error) ? exitCodeOf(error) : 1;
  }
}

/** Read from the raw words, since the error may be that they could not be understood. */
function errorStyle(args: readonly string[], { stderr, environment }: Console): ErrorStyle {
  const line = args.join(' ');
  const has = (name: string) => new RegExp(`(?:^| )--?${name}(?:=true)?(?: |$)`).test(line);
  const word = has('silent') ? 'quiet' : /(?:^| )--?progress[= ](\w+)/.exec(line)?.[1];
  const requested = displayModes.find((mode) => mode === word) ?? 'auto';
  const { mode } = chooseDisplay({ requested, isTerminal: stderr.isTTY === true, env: environment });
  return { debug: has('debug'), mode };
}

/** The first signal cancels in good order, the second ends the process at once. */
function cancelOnSignals(): AbortSignal {
  const controller = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(name, () => {
      if (controller.signal.aborted) process.exit(exitCodes.cancelled);
      controller.abort(name);
    });
  }
  return controller.signal;
}

/** When whoever read along has gone, the work goes on; an answer that could not be written is no success. */
function streamFailed(error: NodeJS.ErrnoException): void {
  if (error.code === 'EPIPE') return;
  process.on('exit', () => {
    process.exitCode ||= exitCodes['report.unwritable'];
  });
}

if (Number.parseInt(process.versions.node, 10) < nodeMajor) {
  process.stderr.write(`image-builder needs Node ${nodeMajor} or later, this is ${process.versions.node}\n`);
  process.exitCode = 2;
} else {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', streamFailed);
  }
  await main();
}
