import { randomUUID } from 'node:crypto';
import { serviceTime } from './service-time.ts';

export type TaskResult =
  | 'succeeded'
  | 'succeededWithIssues'
  | 'failed'
  | 'canceled'
  | 'skipped'
  | 'abandoned';

export interface Issue {
  readonly type: 'error' | 'warning';
  readonly category: string | null;
  readonly message: string;
  readonly data: Readonly<Record<string, string>>;
}

/** What changes about a record while a run goes on; the names are those of the wire. */
export interface TimelineRecord {
  readonly id: string;
  readonly parentId: string | null;
  readonly type: string;
  readonly name: string;
  readonly refName: string | null;
  readonly identifier: string | null;
  readonly order: number | null;
  readonly task: { readonly id: string; readonly name: string; readonly version: string } | null;
  startTime: string | null;
  finishTime: string | null;
  currentOperation: string | null;
  percentComplete: number | null;
  state: 'pending' | 'inProgress' | 'completed';
  result: TaskResult | null;
  resultCode: string | null;
  workerName: string | null;
  errorCount: number;
  warningCount: number;
  issues: readonly Issue[];
  logId: number | null;
  /** The timeline that commands of the step wrote. */
  details: Timeline | null;
  changeId: number;
}

/** What a new record is told; the rest is as nothing had happened yet. */
export type NewRecord = Partial<TimelineRecord> & Pick<TimelineRecord, 'type' | 'name'>;

/** The records of a run, in the order of their coming. */
export class Timeline {
  readonly id: string = randomUUID();
  readonly #clock: () => Date;
  readonly #records = new Map<string, TimelineRecord>();
  #changeId = 0;
  #changedOn: Date;

  constructor(clock: () => Date) {
    this.#clock = clock;
    this.#changedOn = clock();
  }

  get changeId(): number {
    return this.#changeId;
  }

  get changedOn(): Date {
    return this.#changedOn;
  }

  get records(): readonly TimelineRecord[] {
    return [...this.#records.values()];
  }

  find(id: string): TimelineRecord | undefined {
    return this.#records.get(id);
  }

  /** An empty one of the same run. */
  below(): Timeline {
    return new Timeline(this.#clock);
  }

  add(told: NewRecord): TimelineRecord {
    const record: TimelineRecord = { ...blank, id: randomUUID(), ...told };
    this.#records.set(record.id, record);
    this.#touch(record);
    return record;
  }

  change(record: TimelineRecord, changes: Partial<TimelineRecord>): void {
    Object.assign(record, changes);
    this.#touch(record);
  }

  start(record: TimelineRecord, workerName: string | null = null): void {
    this.change(record, { state: 'inProgress', startTime: this.#now(), workerName });
  }

  finish(record: TimelineRecord, result: TaskResult): void {
    const startTime = record.startTime ?? (result === 'skipped' ? null : this.#now());
    this.change(record, { state: 'completed', result, startTime, finishTime: this.#now() });
  }

  #now(): string {
    return serviceTime(this.#clock());
  }

  #touch(record: TimelineRecord): void {
    this.#changedOn = this.#clock();
    record.changeId = ++this.#changeId;
  }
}

const blank = {
  parentId: null,
  refName: null,
  identifier: null,
  order: null,
  task: null,
  startTime: null,
  finishTime: null,
  currentOperation: null,
  percentComplete: null,
  state: 'pending',
  result: null,
  resultCode: null,
  workerName: null,
  errorCount: 0,
  warningCount: 0,
  issues: [],
  logId: null,
  details: null,
  changeId: 0,
} as const;
