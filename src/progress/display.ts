import type { EmitProgress } from './events.ts';

export type DisplayMode = 'tty' | 'plain' | 'github' | 'azure' | 'json' | 'quiet';

/** Where a display writes: standard error, or a collector. `columns` is read at every repaint. */
export interface DisplayStream {
  write(text: string): unknown;
  readonly columns?: number | undefined;
}

/** Runs `task` every `milliseconds` until the returned function is called. */
export type Schedule = (task: () => void, milliseconds: number) => () => void;

export interface DisplayOptions {
  readonly stream: DisplayStream;
  /** Milliseconds since the epoch. */
  readonly clock: () => number;
  readonly schedule: Schedule;
  /** Whether escape sequences for colour may be written. */
  readonly colors: boolean;
  /** A fresh word of letters, digits and hyphens that nobody can guess, with which GitHub's runner is muted. */
  readonly token: () => string;
  /** Whether notices of level `debug` are shown. */
  readonly debug: boolean;
}

export interface Display {
  readonly emit: EmitProgress;
  /** Writes what is still open and gives the terminal back; nothing is shown afterwards. */
  readonly close: () => void;
  /** Whether the output of steps has been shown, so that a failure need not repeat it. */
  readonly showsLogs: boolean;
}
