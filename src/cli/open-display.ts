import { randomUUID } from 'node:crypto';
import { mkdirSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { ImageBuilderError, nearest } from '../core/index.ts';
import { chooseDisplay, createDisplay, type Display, type DisplayMode } from '../progress/index.ts';
import type { CommandRun } from './commands.ts';
import { one } from './one.ts';
import type { Arguments } from './parse-arguments.ts';

/** What `--progress` understands. */
export const displayModes: readonly (DisplayMode | 'auto')[] = [
  'auto',
  'tty',
  'plain',
  'github',
  'azure',
  'json',
  'quiet',
];
const logFile = 'image-builder.log';

/** The display that the command line asks for, and a copy in a file with `--log-dir`. */
export function openDisplay({ args, console }: CommandRun): Pick<Display, 'emit' | 'close'> {
  const { stderr, environment } = console;
  const choice = chooseDisplay({
    requested: requestedMode(args),
    isTerminal: stderr.isTTY === true,
    env: environment,
  });
  const debug = args.switches.get('debug') ?? false;
  const shared = { clock: () => Date.now(), token: () => randomUUID(), debug };
  const displays = [createDisplay({ ...choice, ...shared, stream: stderr })];
  const folder = one(args, 'log-dir');
  if (folder !== undefined)
    displays.push(createDisplay({ mode: 'plain', colors: false, ...shared, stream: openLog(folder) }));
  return {
    emit: (event) => {
      for (const display of displays) display.emit(event);
    },
    close: () => {
      for (const display of displays) display.close();
    },
  };
}

function requestedMode(args: Arguments): DisplayMode | 'auto' {
  if (args.switches.get('silent')) return 'quiet';
  const word = one(args, 'progress') ?? 'auto';
  const mode = displayModes.find((each) => each === word);
  if (mode !== undefined) return mode;
  const near = nearest(word, displayModes);
  const hint = near === undefined ? `known: ${displayModes.join(', ')}` : `did you mean "${near}"?`;
  throw new ImageBuilderError(
    'usage.invalid',
    `unknown progress mode "${word}"`,
    { argument: '--progress' },
    { hint },
  );
}

function openLog(folder: string): { write(text: string): unknown } {
  try {
    mkdirSync(folder, { recursive: true });
    const file = openSync(join(folder, logFile), 'a');
    return { write: (text) => writeAll(file, text) };
  } catch (cause) {
    throw new ImageBuilderError(
      'report.unwritable',
      `cannot write into "${folder}"`,
      { path: folder },
      { cause },
    );
  }
}

/** A disk that is full ends the log, not the build. */
function writeAll(file: number, text: string): void {
  try {
    writeSync(file, text);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
  }
}
