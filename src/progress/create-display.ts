import { createAzureDisplay } from './azure-display.ts';
import type { Display, DisplayMode, DisplayOptions, Schedule } from './display.ts';
import { createGithubDisplay } from './github-display.ts';
import { createJsonDisplay } from './json-display.ts';
import { createPlainDisplay } from './plain-display.ts';
import { createQuietDisplay } from './quiet-display.ts';
import { createTtyDisplay } from './tty-display.ts';

const displays = {
  tty: createTtyDisplay,
  plain: createPlainDisplay,
  github: createGithubDisplay,
  azure: createAzureDisplay,
  json: createJsonDisplay,
  quiet: createQuietDisplay,
} as const;

export interface CreateDisplayOptions extends Omit<DisplayOptions, 'schedule' | 'debug'> {
  readonly mode: DisplayMode;
  /** A timer that does not keep the process alive, unless given. */
  readonly schedule?: Schedule;
  readonly debug?: boolean;
}

/** The display of that mode. Text of events is neutralised before it is written, whoever wrote it. */
export function createDisplay({
  mode,
  schedule = everyInterval,
  debug = false,
  ...options
}: CreateDisplayOptions): Display {
  const display = displays[mode]({ ...options, schedule, debug });
  let closed = false;
  return {
    showsLogs: display.showsLogs,
    emit(event) {
      if (!closed) display.emit(event);
    },
    close() {
      if (!closed) display.close();
      closed = true;
    },
  };
}

const everyInterval: Schedule = (task, milliseconds) => {
  const timer = setInterval(task, milliseconds).unref();
  return () => clearInterval(timer);
};
