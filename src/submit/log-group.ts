import type { EmitProgress } from '../progress/index.ts';
import { hideTokens } from './hide-tokens.ts';

/** Characters that go to the display at once. */
const batchLength = 32 * 1024;

export interface LogGroupOptions {
  readonly title: string;
  /** Lines at the beginning that were shown before. */
  readonly skip: number;
  readonly emit: EmitProgress;
}

/** A log on the display, which is there as soon as there is something to show of it. */
export interface LogGroup {
  open(): void;
  take(untrustedLine: string): void;
  /** Something of ours. */
  say(line: string): void;
  /** Lines that were shown, those before included. */
  shown(): number;
  close(): void;
}

export function openLogGroup({ title, skip, emit }: LogGroupOptions): LogGroup {
  let isOpen = false;
  let lines: string[] = [];
  let [length, taken] = [0, 0];
  const flush = () => {
    if (lines.length > 0) emit({ kind: 'group-log', untrustedText: lines.join('\n') });
    [lines, length] = [[], 0];
  };
  const open = () => {
    if (!isOpen) emit({ kind: 'group-started', untrustedTitle: title });
    isOpen = true;
  };
  const say = (line: string) => {
    open();
    lines.push(line);
    length += line.length + 1;
    if (length >= batchLength) flush();
  };
  return {
    open,
    say,
    take(untrustedLine) {
      if (++taken > skip) say(hideTokens(untrustedLine));
    },
    shown: () => Math.max(taken, skip),
    close() {
      flush();
      if (isOpen) emit({ kind: 'group-finished' });
    },
  };
}
