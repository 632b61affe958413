import type { AzureDevOps, Timeline } from '../azure/index.ts';
import { humanSeconds, isFailure } from '../core/index.ts';
import type { EmitProgress } from '../progress/index.ts';
import { readableLine } from './readable-line.ts';
import { largestReport, reportStep } from './report-step.ts';
import { type PlacedRecord, placedRecords } from './timeline-tree.ts';
import { secondsOf } from './watch-timeline.ts';

/** Characters that go to the display at once. */
const batchLength = 32 * 1024;

export interface LogRelayOptions {
  readonly runId: number;
  readonly azure: Pick<AzureDevOps, 'readLog'>;
  readonly emit: EmitProgress;
  readonly signal: AbortSignal;
}

export interface LogRelay {
  /** Shows the log of every step that has ended since the last call. */
  relay(timeline: Timeline): Promise<void>;
  /** What the step printed that prints the report; undefined until it was relayed. */
  reportLines(): readonly string[] | undefined;
}

/** Shows the log of each step once, when it has ended: before, the service has none. */
export function relayLogs({ runId, azure, emit, signal }: LogRelayOptions): LogRelay {
  const relayed = new Set<string>();
  let reportLines: readonly string[] | undefined;
  const relayOne = async ({ record, label }: PlacedRecord, logId: number, isReport: boolean) => {
    emit({ kind: 'group-started', untrustedTitle: `${label} (${humanSeconds(secondsOf(record))})` });
    const kept = isReport ? keepLines() : undefined;
    const batch = openBatch(emit);
    try {
      for await (const line of azure.readLog(runId, logId, signal)) {
        kept?.take(line);
        const readable = readableLine(line);
        if (readable !== undefined) batch.take(readable);
      }
    } catch (error) {
      if (!isFailure(error) || error.code === 'cancelled') throw error;
      batch.take(`the rest of this log cannot be read: ${error.message}`);
    } finally {
      batch.flush();
      emit({ kind: 'group-finished' });
    }
    reportLines = kept?.lines ?? reportLines;
  };
  return {
    reportLines: () => reportLines,
    async relay(timeline) {
      const printsReport = reportStep(timeline)?.id;
      for (const placed of placedRecords(timeline)) {
        const { id, type, state, logId } = placed.record;
        const key = `${id} ${logId}`;
        if (type !== 'Task' || state !== 'completed' || logId === undefined || relayed.has(key)) continue;
        relayed.add(key);
        await relayOne(placed, logId, id === printsReport);
      }
    },
  };
}

function openBatch(emit: EmitProgress) {
  let lines: string[] = [];
  let length = 0;
  const flush = () => {
    if (lines.length > 0) emit({ kind: 'group-log', untrustedText: lines.join('\n') });
    lines = [];
    length = 0;
  };
  return {
    flush,
    take(line: string) {
      lines.push(line);
      length += line.length + 1;
      if (length >= batchLength) flush();
    },
  };
}

/** A report that is larger than any is no report. */
function keepLines() {
  const lines: string[] = [];
  let length = 0;
  return {
    lines,
    take(line: string) {
      length += line.length + 1;
      if (length <= largestReport) lines.push(line);
    },
  };
}
