import type { AzureDevOps, PipelineBuild, StartedRun, Timeline } from '../azure/index.ts';
import type { Clock } from '../core/index.ts';
import type { Sleep } from '../http/index.ts';
import type { EmitProgress } from '../progress/index.ts';
import { pollPause } from './poll-pause.ts';
import { relayLogs } from './relay-logs.ts';
import { type ReadReport, reportOfRun } from './report-step.ts';
import { throughOutages } from './through-outages.ts';
import { watchQueue } from './watch-queue.ts';
import { watchTimeline } from './watch-timeline.ts';

export interface FollowedRun {
  readonly run: Pick<StartedRun, 'id'>;
  readonly azure: Pick<AzureDevOps, 'readBuild' | 'readTimeline' | 'readLog' | 'pause'>;
  /** Milliseconds between two looks at the most. */
  readonly longestPause: number;
  readonly clock: Clock;
  readonly sleep: Sleep;
  readonly emit: EmitProgress;
  readonly signal: AbortSignal;
}

/** How a run ended, by the service's own word. */
export interface EndedRun {
  readonly build: PipelineBuild;
  readonly timeline: Timeline;
  readonly report: ReadReport;
}

/** An outage lasts as long as it likes, until the deadline. */
const patience = { outages: Number.POSITIVE_INFINITY, refusals: 4 };
/** Looks between two questions whether the run as a whole has ended, while steps are still running. */
const looksPerQuestion = 4;
/** Looks after the end for logs that are still on their way. */
const lastLooks = 4;

/**
 * Shows a run as it goes on until it has ended. A service that cannot be reached for a while ends nothing. Throws
 * `cancelled`, also at the deadline that `signal` stands for, and `azure.refused` or `azure.rejected`.
 */
export async function followRun(followed: FollowedRun): Promise<EndedRun> {
  const queue = watchQueue(followed);
  try {
    return await followInQueue(followed, queue);
  } catch (error) {
    queue.end('cancelled');
    throw error;
  }
}

async function followInQueue(followed: FollowedRun, queue: ReturnType<typeof watchQueue>): Promise<EndedRun> {
  const { run, azure, clock, sleep, emit, signal, longestPause } = followed;
  const watch = watchTimeline(emit);
  const logs = relayLogs({ runId: run.id, azure, emit, signal });
  const started = clock().getTime();
  let changed = started;
  let looksAfterEnd = 0;
  for (let look = 0; ; look++) {
    const { build, timeline } = await throughOutages(followed, patience, () => lookAt(followed, look));
    queue.see(timeline);
    if (watch.see(timeline)) changed = clock().getTime();
    const isComplete = await logs.relay(timeline);
    if (build?.status === 'completed' && (isComplete || ++looksAfterEnd >= lastLooks)) {
      queue.end('done');
      return { build, timeline, report: reportOfRun(timeline, logs.report) };
    }
    const now = clock().getTime();
    const situation = { sinceStart: now - started, sinceChange: now - changed, longest: longestPause };
    await sleep(Math.max(azure.pause(), pollPause({ ...situation, timeline })), signal);
  }
}

interface Look {
  readonly timeline: Timeline;
  /** Absent while steps are running, but for a look now and then. */
  readonly build: PipelineBuild | undefined;
}

/** The build is asked for first: a timeline that was read after its end is complete. */
async function lookAt({ run, azure, signal }: FollowedRun, look: number): Promise<Look> {
  if (look % looksPerQuestion === 0) {
    const build = await azure.readBuild(run.id, signal);
    return { build, timeline: await azure.readTimeline(run.id, signal) };
  }
  const timeline = await azure.readTimeline(run.id, signal);
  if (timeline.records.some(({ type, state }) => type === 'Task' && state === 'inProgress'))
    return { build: undefined, timeline };
  const build = await azure.readBuild(run.id, signal);
  return {
    build,
    timeline: build.status === 'completed' ? await azure.readTimeline(run.id, signal) : timeline,
  };
}
