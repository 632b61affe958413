import type { ProgressEvent } from './events.ts';
import { neutraliseLine } from './neutralise.ts';

/** A notice as one line of text. */
export function noticeLine({ level, message }: Extract<ProgressEvent, { kind: 'notice' }>): string {
  const text = neutraliseLine(message);
  return level === 'info' ? text : `${level}: ${text}`;
}
