import { createDisplay } from './create-display.ts';
import type { DisplayMode, Schedule } from './display.ts';
import type { ProgressEvent } from './events.ts';

/** For tests: a display on a collector, with a clock that only moves when told to and ticks the display's timer. */
export function openDisplay(mode: DisplayMode, { columns = 60, colors = false, debug = false } = {}) {
  const written: string[] = [];
  let now = Date.UTC(2026, 0, 2, 3, 4, 5);
  let timer: { task: () => void; every: number; next: number } | undefined;
  const schedule: Schedule = (task, every) => {
    timer = { task, every, next: now + every };
    return () => {
      timer = undefined;
    };
  };
  let tokens = 0;
  const token = () => `token-${++tokens}`;
  const stream = { columns, write: (text: string) => written.push(text) };
  const display = createDisplay({ mode, stream, clock: () => now, schedule, token, colors, debug });
  return {
    display,
    written,
    text: () => written.join(''),
    hasTimer: () => timer !== undefined,
    emit: (...events: ProgressEvent[]) => events.forEach((event) => void display.emit(event)),
    pass(milliseconds: number) {
      const end = now + milliseconds;
      while (timer !== undefined && timer.next <= end) {
        now = timer.next;
        timer.next += timer.every;
        timer.task();
      }
      now = end;
    },
  };
}

/** A step of the build stage begins. */
export const started = (
  id: string,
  untrustedName: string,
  more: { platform?: string; internal?: boolean } = {},
) => ({ kind: 'step-started', id, stage: 'build', untrustedName, ...more }) as const;
/** A step ends, in seconds. */
export const finished = (
  id: string,
  seconds: number,
  outcome: 'done' | 'cached' | 'failed' | 'cancelled' = 'done',
) => ({ kind: 'step-finished', id, outcome, seconds }) as const;
/** A step says something. */
export const log = (id: string, untrustedText: string) => ({ kind: 'step-log', id, untrustedText }) as const;
/** A log that came whole from elsewhere. */
export const group = (untrustedTitle: string, untrustedText: string): ProgressEvent[] => [
  { kind: 'group-started', untrustedTitle },
  { kind: 'group-log', untrustedText },
  { kind: 'group-finished' },
];
export const warning = {
  kind: 'notice',
  level: 'warning',
  message: 'Dockerfile:3: UndefinedVar: $X',
} as const;
export const debug = { kind: 'notice', level: 'debug', message: 'buildx build .' } as const;
export const platform = 'linux/arm64';
