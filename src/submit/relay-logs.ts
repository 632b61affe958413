import type { AzureDevOps, Timeline, TimelineRecord } from '../azure/index.ts';
import { humanSeconds, isFailure } from '../core/index.ts';
import type { EmitProgress } from '../progress/index.ts';
import { keepLines } from './keep-lines.ts';
import { openLogGroup } from './log-group.ts';
import { readableLine } from './readable-line.ts';
import { type ReadReport, readPrintedReport, reportSteps } from './report-step.ts';
import { type PlacedRecord, placedRecords } from './timeline-tree.ts';
import { secondsOf } from './watch-timeline.ts';

/** Looks at which a log may be unreadable before it is given up. */
const patience = 3;

export interface LogRelayOptions {
  readonly runId: number;
  readonly azure: Pick<AzureDevOps, 'readLog'>;
  readonly emit: EmitProgress;
  readonly signal: AbortSignal;
}

export interface LogRelay {
  /** Shows the log of every step that has ended since the last look; false when there is one that has to wait. */
  relay(timeline: Timeline): Promise<boolean>;
  /** What a step that prints the report printed; undefined until it was relayed. */
  report(recordId: string): ReadReport | undefined;
}

interface Reading {
  /** Lines that were shown. */
  readonly lines: number;
  readonly failures: number;
}

interface Log extends PlacedRecord {
  readonly logId: number;
  /** As long as it is not shown to its end. */
  readonly before: Reading;
}

/** Shows the log of each step once, when it has ended: before, the service has none. */
export function relayLogs({ runId, azure, emit, signal }: LogRelayOptions): LogRelay {
  const readings = new Map<string, Reading | 'over'>();
  const reports = new Map<string, ReadReport>();
  const relayOne = async (
    { record, label, logId, before }: Log,
    isReport: boolean,
  ): Promise<Reading | 'over'> => {
    const group = openLogGroup({ title: titleOf(record, label, before), skip: before.lines, emit });
    const kept = isReport ? keepLines() : undefined;
    try {
      for await (const line of azure.readLog(runId, logId, signal)) {
        kept?.take(line);
        const readable = readableLine(line);
        if (readable !== undefined) group.take(readable);
      }
      group.open();
      if (kept !== undefined) reports.set(record.id, readPrintedReport(kept.lines()));
      return 'over';
    } catch (error) {
      if (!isFailure(error) || error.code === 'cancelled') throw error;
      const failures = before.failures + 1;
      if (failures < patience) return { lines: group.shown(), failures };
      group.say(`the rest of this log cannot be read: ${error.message}`);
      return 'over';
    } finally {
      group.close();
    }
  };
  return {
    report: (recordId) => reports.get(recordId),
    async relay(timeline) {
      const printers = new Set(reportSteps(timeline).map(({ id }) => id));
      let isComplete = true;
      for (const placed of placedRecords(timeline).filter(({ record }) => hasEnded(record))) {
        const { id, logId } = placed.record;
        if (logId === undefined) isComplete = false;
        else {
          const key = `${id} ${logId}`;
          const before = readings.get(key) ?? { lines: 0, failures: 0 };
          const after =
            before === 'over' ? before : await relayOne({ ...placed, logId, before }, printers.has(id));
          readings.set(key, after);
          // The logs behind it wait too, so that they stay in order.
          if (after !== 'over') return false;
        }
      }
      return isComplete;
    },
  };
}

/** Whether it is a step that has run to its end, and so has a log sooner or later. */
function hasEnded({ type, state, result, logId }: TimelineRecord): boolean {
  if (type !== 'Task' || state !== 'completed') return false;
  return (
    logId !== undefined || result === 'succeeded' || result === 'succeededWithIssues' || result === 'failed'
  );
}

function titleOf(record: TimelineRecord, label: string, { lines }: Reading): string {
  return `${label} (${humanSeconds(secondsOf(record))}${lines === 0 ? '' : ', continued'})`;
}
