import type { BuildResult } from './run.ts';
import type { Issue, TaskResult, TimelineRecord } from './timeline.ts';

/** What a run shows, and when, without anything being run. */
export interface RunScript {
  /** In the order of their time. */
  readonly events: readonly ScriptEvent[];
  /** Milliseconds from a cancel to the end; 0 when left out. */
  readonly cancelMilliseconds?: number;
}

/** `at` is in milliseconds since the run was queued. */
export type ScriptEvent =
  | { readonly at: number; readonly kind: 'start' }
  | { readonly at: number; readonly kind: 'record'; readonly record: ScriptedRecord }
  | { readonly at: number; readonly kind: 'finish'; readonly result: BuildResult };

/** A record that comes, or changes; start and finish times follow from its state. */
export interface ScriptedRecord {
  /** As other events refer to it. */
  readonly key: string;
  /** Needed where the record comes. */
  readonly type?: string;
  readonly name?: string;
  /** Key of another one. */
  readonly parent?: string;
  readonly refName?: string;
  readonly order?: number;
  readonly state?: TimelineRecord['state'];
  readonly result?: TaskResult;
  readonly issues?: readonly Issue[];
  readonly percentComplete?: number;
  readonly log?: LogLines;
  /** Whether a step of the run wrote it, by `task.logdetail`: then no task stands behind it. */
  readonly isDetail?: true;
}

/** Lines that are made when somebody reads them, so that a log can be as long as it likes. */
export interface LogLines {
  readonly count: number;
  /** Counted from 1; without a timestamp. */
  readonly line: (number: number) => string;
}

/** Lines that are there. */
export function logLines(lines: readonly string[]): LogLines {
  return { count: lines.length, line: (number) => lines[number - 1] ?? '' };
}

/** One log after the other. */
export function joinedLines(logs: readonly LogLines[]): LogLines {
  const ends: number[] = [];
  for (const { count } of logs) ends.push((ends.at(-1) ?? 0) + count);
  const line = (number: number) => {
    let [low, high] = [0, ends.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (number <= (ends[middle] ?? 0)) high = middle;
      else low = middle + 1;
    }
    return logs[low]?.line(number - (ends[low - 1] ?? 0)) ?? '';
  };
  return { count: ends.at(-1) ?? 0, line };
}
