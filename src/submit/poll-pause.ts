import type { Timeline, TimelineRecord } from '../azure/index.ts';
import { reportSteps } from './report-step.ts';

/** Milliseconds. */
const shortest = 800;
/** Milliseconds after the start in which nobody knows yet how long things take. */
const beginning = 10_000;
interface Haste {
  /** Milliseconds. */
  readonly least: number;
  /** Of the time since something changed: what has taken long will not end in the next second. */
  readonly share: number;
}

/** The run may end with any step. */
const anywhere: Haste = { least: shortest, share: 0.1 };
/** It will not end without another stage. */
const inTheMiddle: Haste = { least: 2_000, share: 0.1 };
/** It is to be seen at once; but a signature may take minutes, and then it is worth less haste. */
const nearTheEnd: Haste = { least: shortest, share: 0.01 };

export interface PollSituation {
  /** Milliseconds since the run was started. */
  readonly sinceStart: number;
  /** Milliseconds since the last change that was seen. */
  readonly sinceChange: number;
  /** Milliseconds. */
  readonly longest: number;
  readonly timeline: Timeline;
}

/** Milliseconds until the next look: short at first and near the end, longer while one thing takes its time. */
export function pollPause({ sinceStart, sinceChange, longest, timeline }: PollSituation): number {
  if (sinceStart < beginning) return shortest;
  const { least, share } = hasteFor(timeline);
  return Math.max(shortest, Math.min(longest, Math.max(least, sinceChange * share)));
}

/**
 * Near the end the report is being printed, or the last two stages run, which publish and report; and the first stage
 * may refuse, so that no other follows. Of a run with fewer stages nothing else can be said.
 */
function hasteFor(timeline: Timeline): Haste {
  const { records } = timeline;
  const isOver = ({ state }: TimelineRecord) => state === 'completed';
  if (records.length > 0 && records.every(isOver)) return nearTheEnd;
  if (reportSteps(timeline).some(({ state }) => state !== 'pending')) return nearTheEnd;
  const stages = records.filter(({ type }) => type === 'Stage').toSorted(byOrder);
  if (stages.length <= 2) return anywhere;
  return stages[0]?.state === 'inProgress' || stages.slice(0, -2).every(isOver) ? nearTheEnd : inTheMiddle;
}

function byOrder(one: TimelineRecord, other: TimelineRecord): number {
  return one.order - other.order;
}
