import type { Issue, TaskResult, Timeline, TimelineRecord } from '../../runs/timeline.ts';
import type { RecordLog } from './record-log.ts';

/** Issues of each type that a record keeps; its counters go on. */
const maxIssues = 10;

/** A task, or the job itself, while it runs: its record, its log, and what happened in it. */
export class TaskRecord {
  readonly record: TimelineRecord;
  readonly timeline: Timeline;
  readonly log: RecordLog;
  readonly #mask: (text: string) => string;
  #result: TaskResult | undefined;

  constructor(parts: {
    readonly record: TimelineRecord;
    readonly timeline: Timeline;
    readonly log: RecordLog;
    readonly mask: (text: string) => string;
  }) {
    this.record = parts.record;
    this.timeline = parts.timeline;
    this.log = parts.log;
    this.#mask = parts.mask;
  }

  get result(): TaskResult | undefined {
    return this.#result;
  }

  /** The worse of two results counts. */
  merge(result: TaskResult): void {
    this.#result = worse(this.#result, result);
  }

  /** Whatever was before. */
  overrule(result: TaskResult): void {
    this.#result = result;
  }

  print(text: string): number {
    return this.log.write(this.#mask(text));
  }

  warn(message: string): void {
    this.addIssue({ type: 'warning', category: null, message, data: {} });
  }

  fail(message: string): void {
    this.addIssue({ type: 'error', category: null, message, data: {} });
  }

  addIssue(told: Issue): void {
    const { record, timeline } = this;
    const message = this.#mask(told.message);
    const line = message === '' ? undefined : this.log.write(`##[${told.type}]${message}`);
    const data = { ...told.data, ...(line !== undefined && { logFileLineNumber: String(line) }) };
    const counter = told.type === 'error' ? 'errorCount' : 'warningCount';
    const kept = record[counter] < maxIssues ? [...record.issues, { ...told, message, data }] : record.issues;
    timeline.change(record, { [counter]: record[counter] + 1, issues: kept });
  }

  progress(percent: number, operation: string): void {
    const { record, timeline } = this;
    const percentComplete = Math.max(percent, record.percentComplete ?? 0);
    timeline.change(record, { percentComplete, currentOperation: operation || record.currentOperation });
  }
}

const severity: readonly TaskResult[] = ['succeeded', 'succeededWithIssues', 'failed'];

/** As the agent's `MergeTaskResults`: what is neither success nor failure stays. */
export function worse(current: TaskResult | undefined, coming: TaskResult): TaskResult {
  if (current === undefined) return coming;
  if (!severity.includes(current) || !severity.includes(coming))
    return severity.includes(current) ? coming : current;
  return severity.indexOf(coming) >= severity.indexOf(current) ? coming : current;
}
