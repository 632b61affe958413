import type { Timeline, TimelineRecord } from '../azure/index.ts';
import { reportSteps } from './report-step.ts';

/** Milliseconds. */
const shortest = 800;
/** Milliseconds after the start in which nobody knows yet how long things take. */
const beginning = 10_000;
/** Of the time since something changed: what has taken long will not end in the next second. */
const share = 0.1;
/** The same near the end, which is to be seen at once: a signature may take a minute, and then it is worth less haste. */
const shareNearEnd = 0.01;

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
  const wanted = sinceChange * (isEnding(timeline) ? shareNearEnd : share);
  return Math.max(shortest, Math.min(longest, wanted));
}

/**
 * Whether the report is being printed, or the last two stages run, which publish and report; of a run with fewer stages
 * nothing else can be said.
 */
function isEnding(timeline: Timeline): boolean {
  const { records } = timeline;
  const isOver = ({ state }: TimelineRecord) => state === 'completed';
  if (records.length > 0 && records.every(isOver)) return true;
  if (reportSteps(timeline).some(({ state }) => state !== 'pending')) return true;
  const stages = records.filter(({ type }) => type === 'Stage').toSorted(byOrder);
  return stages.length > 2 && stages.slice(0, -2).every(isOver);
}

function byOrder(one: TimelineRecord, other: TimelineRecord): number {
  return one.order - other.order;
}
