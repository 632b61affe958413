import type { AzureDevOps, PipelineBuild, StartedRun, Timeline } from '../azure/index.ts';
import { type Clock, humanSeconds, isFailure } from '../core/index.ts';
import type { Sleep } from '../http/index.ts';
import type { EmitProgress } from '../progress/index.ts';
import { pollPause } from './poll-pause.ts';
import { relayLogs } from './relay-logs.ts';
import { watchTimeline } from './watch-timeline.ts';

export interface FollowedRun {
  readonly run: StartedRun;
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
  /** What the step printed that prints the report; undefined when it did not run. */
  readonly reportLines: readonly string[] | undefined;
}

/** Milliseconds; a service that is down is asked again this much later, until the deadline. */
const outagePause = 15_000;
/** Looks between two questions whether the run as a whole has ended, while steps are still running. */
const looksPerQuestion = 4;

/**
 * Shows a run as it goes on until it has ended. A service that cannot be reached for a while ends nothing. Throws
 * `cancelled`, also at the deadline that `signal` stands for, and `azure.refused` or `azure.rejected`.
 */
export async function followRun(followed: FollowedRun): Promise<EndedRun> {
  const { run, azure, clock, sleep, emit, signal, longestPause } = followed;
  const watch = watchTimeline(emit);
  const logs = relayLogs({ runId: run.id, azure, emit, signal });
  const queue = watchQueue(followed);
  const started = clock().getTime();
  let changed = started;
  for (let look = 0; ; look++) {
    const seen = await throughOutages(followed, () => lookAt(followed, look));
    if (watch.see(seen.timeline)) changed = clock().getTime();
    queue.see(seen.timeline);
    await logs.relay(seen.timeline);
    if (seen.build?.status === 'completed') {
      queue.end();
      return { build: seen.build, timeline: seen.timeline, reportLines: logs.reportLines() };
    }
    const now = clock().getTime();
    const situation = { sinceStart: now - started, sinceChange: now - changed, longest: longestPause };
    await sleep(Math.max(azure.pause(), pollPause({ ...situation, timeline: seen.timeline })), signal);
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

async function throughOutages<T>({ emit, sleep, signal }: FollowedRun, work: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await work();
    } catch (error) {
      if (!isFailure(error, 'azure.unavailable')) throw error;
      emit({ kind: 'notice', level: 'warning', message: `${error.message}; the run goes on, looking again` });
      await sleep(outagePause, signal);
    }
  }
}

/** Tells how long a run waits before anything of it runs. */
function watchQueue({ emit, clock }: FollowedRun) {
  const began = clock().getTime();
  let waiting = true;
  emit({ kind: 'stage-started', stage: 'queue', title: 'waiting for an agent' });
  const end = () => {
    if (!waiting) return;
    waiting = false;
    const seconds = (clock().getTime() - began) / 1000;
    emit({ kind: 'stage-finished', stage: 'queue', outcome: 'done', seconds });
    emit({ kind: 'notice', level: 'debug', message: `waited for ${humanSeconds(seconds)}` });
  };
  return {
    end,
    see({ records }: Timeline) {
      if (records.some(({ type, state }) => type === 'Task' && state !== 'pending')) end();
    },
  };
}
