import { describe, expect, test } from 'vitest';
import { simulateBuild } from '../../test/fakes/azure-devops/runs/simulate-build.ts';
import type { Switches } from '../../test/fakes/azure-devops/switches.ts';
import type { ProgressEvent } from '../progress/index.ts';
import {
  openService,
  pipelineScript,
  printStep,
  type ServiceOptions,
  simulatedStage,
} from './service-for-test.ts';

const mib = 1024 * 1024;
const long = { count: 2_000, line: (number: number) => `line ${number}` };
const longStep = { name: 'talk', milliseconds: 1_000, log: long };

/** What nobody has seen of the real service, in every position that a client of scripted runs can meet. */
const positions: readonly (readonly [string, Partial<Switches>, Partial<ServiceOptions>?])[] = [
  ['a queued run is in progress', { stateWhileQueued: 'inProgress' }],
  ['a queued run is unknown', { stateWhileQueued: 'unknown' }],
  ['the timeline is empty before the first job', { beforeFirstJob: 'empty' }],
  ['the timeline is null before the first job', { beforeFirstJob: 'null' }],
  ['the timeline has no body before the first job', { beforeFirstJob: 'no-content' }],
  ['changeId is ignored', { changeId: 'ignored' }],
  ['changeId leaves out what did not change', { changeId: 'incremental' }],
  ['a long log is one', { longLogs: 'one' }, { pageBytes: 4_096 }],
  ['a long log has pages', { longLogs: 'paged' }, { pageBytes: mib }],
  [
    'a parameter is refused with 400',
    { parameterRefusal: { status: 400, typeKey: 'PipelineValidationException' } },
  ],
  ['a parameter is refused with 500', { parameterRefusal: { status: 500, typeKey: 'Odd' } }],
  ['the tenant lets Suppress through', { suppressHeader: 'allowed' }],
  [
    'the tenant refuses Suppress, and we leave it out',
    { suppressHeader: 'refused' },
    { suppressSignInRedirect: false },
  ],
  ['an expired token is refused as any other', { expiredToken: 'as-any-other' }],
  ['an expired token gets 401', { expiredToken: '401' }],
  ['an expired token gets 203', { expiredToken: '203' }],
  ['an expired token gets 302', { expiredToken: '302' }],
  ['a bad token gets 203', { refusedToken: '203' }, { suppressSignInRedirect: false }],
  ['a bad token gets 302', { refusedToken: '302' }, { suppressSignInRedirect: false }],
  ['details of steps have a timeline of their own', { logDetail: 'own-timeline' }],
  ['details of steps stand in that of the run', { logDetail: 'main-timeline' }],
  ['a job that ran out of time is cancelled', { timedOutJob: 'canceled' }],
  ['a job that ran out of time has failed', { timedOutJob: 'failed' }],
];

describe('a build ends well, with every log once, where', { timeout: 30_000 }, () => {
  const rows = positions.map(([name, switches, more = {}]) => ({ name, switches, more }));
  test.each(rows)('$name', async ({ switches, more }) => {
    const runs = pipelineScript(20, [longStep]);
    const { fake, submitBuild } = await openService({ runs, switches, ...more });
    const shown = new Map<string, number>();
    const emit = (event: ProgressEvent) => {
      if (event.kind === 'group-started')
        shown.set(event.untrustedTitle, (shown.get(event.untrustedTitle) ?? 0) + 1);
      // A token that expires in the middle.
      if (event.kind === 'step-started' && event.untrustedName === 'build › make') fake.expireTokens();
    };
    const { report, error } = await submitBuild({ emit });
    expect([report.status, error, fake.runs.size]).toEqual(['Succeeded', undefined, 1]);
    expect([...shown.values()]).toEqual(Array(13).fill(1));
  });
});

test.each<Switches['partiallySucceededRun']>(['succeeded', 'failed', 'unknown'])(
  'a partial success is none, also where the run calls itself "%s"',
  async (partiallySucceededRun) => {
    const runs = simulateBuild({ stages: [simulatedStage('all', printStep)], result: 'partiallySucceeded' });
    const { submitBuild } = await openService({ runs, switches: { partiallySucceededRun } });
    expect(await submitBuild()).toMatchObject({
      report: { status: 'Failed', run: { result: 'partiallySucceeded' } },
      error: { code: 'run.failed' },
    });
  },
);
