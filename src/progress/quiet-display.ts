import type { Display, DisplayOptions } from './display.ts';
import { noticeLine } from './notice-line.ts';

/** Warnings and nothing else. */
export function createQuietDisplay({ stream }: DisplayOptions): Display {
  return {
    showsLogs: false,
    emit(event) {
      if (event.kind === 'notice' && event.level === 'warning') stream.write(`${noticeLine(event)}\n`);
    },
    close() {},
  };
}
