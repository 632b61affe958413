import { largestReport } from './report-step.ts';

/** The lines of a log that may hold a report, as long as they are no more than any report has. */
export interface KeptLines {
  take(line: string): void;
  /** Undefined when they were more. */
  lines(): readonly string[] | undefined;
}

export function keepLines(): KeptLines {
  let lines: string[] | undefined = [];
  let length = 0;
  return {
    lines: () => lines,
    take(line) {
      length += line.length + 1;
      if (length > largestReport) lines = undefined;
      lines?.push(line);
    },
  };
}
