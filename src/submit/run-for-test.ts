import { plainRequest } from '../../test/fakes/requests/plain-request.ts';
import type { AzureDevOps, PipelineBuild, Timeline, TimelineIssue, TimelineRecord } from '../azure/index.ts';
import { type Clock, throwIfCancelled } from '../core/index.ts';
import type { Sleep } from '../http/index.ts';
import type { ProgressEvent } from '../progress/index.ts';
import type { BuildReport } from '../report/index.ts';
import type { ParsedRequest } from '../request/index.ts';

const commit = 'a'.repeat(40);

/** For tests: a request as a push makes it. */
export const request: ParsedRequest = {
  source: {
    ...{ owner: 'kyma-project', name: 'App', event: 'push', ref: 'refs/heads/main', runId: '77' },
    ...{ eventSha: commit, commitSha: commit },
  },
  build: { ...plainRequest, name: 'team/app' },
};

export const queued = new Date('2026-03-04T05:06:07Z');
export const at = (seconds: number) => new Date(queued.getTime() + seconds * 1000);
export const run = {
  id: 42,
  url: 'https://dev.azure.com/team/p/_build/results?buildId=42',
  name: '20260304.1',
};

/** For tests: a build as the service tells it. */
export function buildOf(changes: Partial<PipelineBuild>): PipelineBuild {
  const times = { queueTime: queued, startTime: undefined, finishTime: undefined };
  return { id: run.id, url: run.url, status: 'inProgress', result: undefined, ...times, ...changes };
}

type Told = Partial<TimelineRecord> & Pick<TimelineRecord, 'id' | 'type'>;

/** For tests: a record as the service tells it, of which nothing has happened yet. */
export function recordOf(told: Told): TimelineRecord {
  return {
    ...{ parentId: undefined, name: told.id, refName: undefined, identifier: undefined },
    ...{ state: 'pending', result: undefined, order: 1, startTime: undefined, finishTime: undefined },
    ...{ logId: undefined, taskName: told.type === 'Task' ? 'CmdLine' : undefined, attempt: 1 },
    ...{ issues: [], errorCount: 0, warningCount: 0 },
    ...told,
  };
}

export function issueOf(message: string, more: Partial<TimelineIssue> = {}): TimelineIssue {
  return { kind: 'error', message, code: undefined, sourcePath: undefined, line: undefined, ...more };
}

const ended = { state: 'completed', result: 'succeeded' } as const;

/** For tests: the records of stage `stage`, its job and these steps, each ended unless it says otherwise. */
export function stageOf(stage: string, steps: readonly Told[], order = 1): readonly TimelineRecord[] {
  return [
    recordOf({ id: stage, type: 'Stage', order, ...ended }),
    recordOf({ id: `${stage}-job`, type: 'Job', name: stage, parentId: stage, ...ended }),
    ...steps.map((step, index) =>
      recordOf({ parentId: `${stage}-job`, order: index + 1, ...ended, ...step }),
    ),
  ];
}

export const reportName = 'print_image_build_report';

/** For tests: a run that printed its report as log 9. */
export function endedTimeline(...more: readonly TimelineRecord[]): Timeline {
  const records = stageOf('report', [{ id: 'print', type: 'Task', name: reportName, logId: 9 }], 9);
  return { records: [...more, ...records] };
}

/** For tests: the report of a build that went well. */
export function reportOf(changes: Partial<BuildReport> = {}): BuildReport {
  return {
    ...{
      version: 1,
      status: 'Succeeded',
      pushed: true,
      signed: true,
      resumed: false,
      image_name: 'team/app',
    },
    ...{ images_list: ['example.com/team/app:v1'], digest: `sha256:${'b'.repeat(64)}`, tags: ['v1'] },
    ...{ repository_path: 'example.com/', architectures: ['linux/amd64'], repositories: [], platforms: [] },
    ...{ signatures: [], started: '2026-03-04T05:07:00Z', seconds: 30, slowest_steps: [], warnings: [] },
    timings: [{ stage: 'build', seconds: 20 }],
    ...changes,
  };
}

/** For tests: time that passes only while somebody sleeps. */
export function virtualTime(): {
  readonly clock: Clock;
  readonly sleep: Sleep;
  readonly slept: readonly number[];
} {
  const slept: number[] = [];
  let now = queued.getTime();
  return {
    slept,
    clock: () => new Date(now),
    async sleep(milliseconds, signal) {
      throwIfCancelled(signal);
      slept.push(milliseconds);
      now += milliseconds;
    },
  };
}

export function collectEvents() {
  const events: ProgressEvent[] = [];
  const notices = (level: string) =>
    events.flatMap((event) => (event.kind === 'notice' && event.level === level ? [event.message] : []));
  return { events, emit: (event: ProgressEvent) => void events.push(event), notices };
}

/** For tests: a service that answers only what the test says, and refuses every other call as a mistake of ours. */
export function strictAzure(answers: Partial<AzureDevOps>): AzureDevOps {
  const unexpected = (call: string) => () => {
    throw new Error(`nobody expects ${call}`);
  };
  return {
    startRun: unexpected('startRun'),
    previewRun: unexpected('previewRun'),
    findRun: unexpected('findRun'),
    readBuild: unexpected('readBuild'),
    readTimeline: unexpected('readTimeline'),
    readLog: unexpected('readLog'),
    cancelRun: unexpected('cancelRun'),
    pause: () => 0,
    ...answers,
  };
}

/** For tests: a log of these lines. */
export async function* linesOf(lines: readonly string[]): AsyncGenerator<string> {
  yield* lines;
}
