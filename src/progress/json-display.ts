import type { Display, DisplayOptions } from './display.ts';
import type { ProgressEvent } from './events.ts';
import { neutralise } from './neutralise.ts';

/**
 * One JSON object a line: `time` (UTC, RFC 3339) and the event's own fields, the untrusted ones as `name`, `title`,
 * `text` and `error`.
 */
export function createJsonDisplay({ stream, clock, debug }: DisplayOptions): Display {
  return {
    showsLogs: true,
    emit(event) {
      if (event.kind === 'notice' && event.level === 'debug' && !debug) return;
      const time = new Date(clock()).toISOString();
      stream.write(`${JSON.stringify({ time, ...neutralFields(event) })}\n`);
    },
    close() {},
  };
}

const printedNames: Readonly<Record<string, string>> = {
  untrustedName: 'name',
  untrustedTitle: 'title',
  untrustedText: 'text',
  untrustedError: 'error',
};

function neutralFields(event: ProgressEvent): Record<string, unknown> {
  const fields = Object.entries(event).map(([key, value]) => [
    printedNames[key] ?? key,
    typeof value === 'string' ? neutralise(value) : value,
  ]);
  return Object.fromEntries(fields) as Record<string, unknown>;
}
