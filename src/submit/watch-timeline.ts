import type { Timeline, TimelineRecord, TimelineResult } from '../azure/index.ts';
import type { EmitProgress, StepOutcome } from '../progress/index.ts';
import { hideTokens } from './hide-tokens.ts';
import { type PlacedRecord, placedRecords } from './timeline-tree.ts';

/** What became of each result on a display; a skipped step never was. */
const outcomes: Readonly<Record<Exclude<TimelineResult, 'skipped'>, StepOutcome>> = {
  succeeded: 'done',
  succeededWithIssues: 'done',
  failed: 'failed',
  canceled: 'cancelled',
  abandoned: 'cancelled',
  unknown: 'failed',
};

export interface TimelineWatch {
  /** Tells the display what changed since the last look. Returns whether anything did. */
  see(timeline: Timeline): boolean;
}

/** Compares each look at a timeline with the one before: every beginning and every end is told once. */
export function watchTimeline(emit: EmitProgress): TimelineWatch {
  const seen = new Map<string, Pick<TimelineRecord, 'state' | 'attempt'>>();
  const tell = ({ record, label }: PlacedRecord): boolean => {
    const { id, state, attempt } = record;
    const before = seen.get(id);
    const isNew = before?.attempt !== attempt;
    if ((state !== 'inProgress' && state !== 'completed') || (!isNew && before.state === state)) return false;
    seen.set(id, { state, attempt });
    if (record.result === 'skipped') return true;
    // A record that comes back after its end is another attempt at it.
    if (state === 'inProgress' || isNew)
      emit({ kind: 'step-started', id, stage: 'run', untrustedName: label });
    if (state === 'completed') emit(ending(record));
    return true;
  };
  return { see: (timeline) => placedRecords(timeline).filter(tell).length > 0 };
}

function ending(record: TimelineRecord) {
  const { id, result = 'unknown', issues } = record;
  const error = issues.find(({ kind }) => kind === 'error');
  const outcome = result === 'skipped' ? 'done' : outcomes[result];
  return {
    kind: 'step-finished',
    id,
    outcome,
    seconds: secondsOf(record),
    ...(outcome === 'failed' && error !== undefined ? { untrustedError: hideTokens(error.message) } : {}),
  } as const;
}

/** How long it took by the service's clock; zero where it does not say. */
export function secondsOf({ startTime, finishTime }: TimelineRecord): number {
  if (startTime === undefined || finishTime === undefined) return 0;
  return Math.max(0, (finishTime.getTime() - startTime.getTime()) / 1000);
}
