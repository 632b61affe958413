import type { Timeline, TimelineRecord } from '../azure/index.ts';

/** Milliseconds. */
const shortest = 800;
/** Milliseconds after the start in which nobody knows yet how long things take. */
const beginning = 10_000;
/** Of the time since something changed: what has taken long will not end in the next second. */
const share = 0.1;

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
  if (sinceStart < beginning || isEnding(timeline)) return shortest;
  return Math.max(shortest, Math.min(longest, sinceChange * share));
}

/** The last two stages publish and report, which takes seconds; of a run with fewer stages nothing can be said. */
function isEnding({ records }: Timeline): boolean {
  const stages = records.filter(({ type }) => type === 'Stage').toSorted(byOrder);
  const isOver = ({ state }: TimelineRecord) => state === 'completed';
  if (records.length > 0 && records.every(isOver)) return true;
  return stages.length > 2 && stages.slice(0, -2).every(isOver);
}

function byOrder(one: TimelineRecord, other: TimelineRecord): number {
  return one.order - other.order;
}
