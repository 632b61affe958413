import type { LogStore } from '../../runs/log-store.ts';
import { serviceTime } from '../../runs/service-time.ts';
import type { Timeline, TimelineRecord } from '../../runs/timeline.ts';

export interface LogKeeping {
  readonly logs: LogStore;
  readonly timeline: Timeline;
  readonly clock: () => Date;
  /** Whether a page that is full becomes a log of its own. */
  readonly longLogs: 'one' | 'paged';
  readonly pageBytes: number;
}

/** The log of one record: kept back until the record has ended, as the agent uploads it; a full page goes before. */
export class RecordLog {
  readonly #keeping: LogKeeping;
  readonly #record: TimelineRecord;
  readonly #parent: RecordLog | undefined;
  #lines: string[] = [];
  #bytes = 0;
  #total = 0;

  constructor(keeping: LogKeeping, record: TimelineRecord, parent?: RecordLog) {
    this.#keeping = keeping;
    this.#record = record;
    this.#parent = parent;
  }

  /** Number of the line in the whole log. A message of more lines has one timestamp, as the agent writes it. */
  write(masked: string): number {
    const number = this.#total + 1;
    this.#append(`${serviceTime(this.#keeping.clock())} ${masked}`.split('\n'));
    this.#parent?.write(masked);
    return number;
  }

  end(): void {
    if (this.#lines.length > 0) this.#upload();
  }

  #append(lines: readonly string[]): void {
    this.#lines.push(...lines);
    this.#total += lines.length;
    for (const line of lines) this.#bytes += Buffer.byteLength(line) + 1;
    if (this.#keeping.longLogs === 'paged' && this.#bytes >= this.#keeping.pageBytes) this.#upload();
  }

  #upload(): void {
    const { logs, timeline, clock } = this.#keeping;
    const { id } = logs.add(this.#lines, clock());
    timeline.change(this.#record, { logId: id });
    this.#lines = [];
    this.#bytes = 0;
  }
}
