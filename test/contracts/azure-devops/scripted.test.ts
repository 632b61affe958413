import { expect, test } from 'vitest';
import {
  openAzureDevOps,
  recordOf,
  type TestAzureDevOpsOptions,
} from '../../fakes/azure-devops/open-azure-devops.ts';
import { simulateBuild } from '../../fakes/azure-devops/runs/simulate-build.ts';

/** A clock that stands until it is moved. */
function openAt(script: ReturnType<typeof simulateBuild>, options: TestAzureDevOpsOptions = {}) {
  let now = Date.parse('2026-03-04T05:06:07Z');
  const move = (milliseconds: number) => {
    now += milliseconds;
  };
  return {
    move,
    open: () => openAzureDevOps({ script: () => script, clock: () => new Date(now), ...options }),
  };
}

const step = { name: 'work', milliseconds: 60_000 };
const tenMinutes = simulateBuild({
  queueMilliseconds: 30_000,
  stages: [
    {
      name: 'build',
      jobs: [
        { name: 'build', steps: Array.from({ length: 10 }, (_, at) => ({ ...step, name: `step ${at}` })) },
      ],
    },
  ],
});

test('a build of ten minutes goes by with the clock, and knows when each step was', async () => {
  const { move, open } = openAt(tenMinutes);
  const fake = await open();
  const run = await fake.start({ templateParameters: { Any: 'thing' } });
  const status = async () =>
    ((await (await fake.ask('build/builds/101')).json()) as { status: string }).status;
  expect(await status()).toBe('notStarted');
  move(30_000 + 90_000);
  expect(await status()).toBe('inProgress');
  expect([0, 1, 2].map((at) => recordOf(run, `step ${at}`).state)).toEqual([
    'completed',
    'inProgress',
    'pending',
  ]);
  expect(recordOf(run, 'step 0')).toMatchObject({
    startTime: '2026-03-04T05:06:37.0000000Z',
    finishTime: '2026-03-04T05:07:37.0000000Z',
    logId: 2,
  });
  expect(recordOf(run, 'step 1').logId).toBeNull();
  move(600_000);
  expect(await status()).toBe('completed');
  expect([run.result, run.finishTime]).toEqual(['succeeded', new Date('2026-03-04T05:16:37Z')]);
});

test('a scripted build can be cancelled', async () => {
  const { move, open } = openAt({ ...tenMinutes, cancelMilliseconds: 5_000 });
  const fake = await open();
  const run = await fake.start();
  move(60_000);
  const body = JSON.stringify({ status: 'cancelling' });
  const answer = await fake.ask('build/builds/101?api-version=7.1', { method: 'PATCH', body });
  expect(await answer.json()).toMatchObject({ status: 'cancelling' });
  move(5_000);
  expect(await (await fake.ask('build/builds/101')).json()).toMatchObject({
    status: 'completed',
    result: 'canceled',
  });
  expect(recordOf(run, 'step 0').result).toBe('canceled');
});

test('a timeline can have thousands of steps', async () => {
  const steps = Array.from({ length: 5_000 }, (_, at) => ({ name: `step ${at}`, milliseconds: 10 }));
  const { move, open } = openAt(
    simulateBuild({ stages: [{ name: 'many', jobs: [{ name: 'many', steps }] }] }),
  );
  const fake = await open();
  const run = await fake.start();
  move(50_000);
  const { records } = (await (await fake.ask('build/builds/101/timeline')).json()) as { records: object[] };
  expect(records).toHaveLength(5_005);
  const jobLog = run.logs.find(recordOf(run, 'many', 'Job').logId ?? 0);
  expect(jobLog?.lineCount).toBe(3 * 5_002);
});

test.each([
  ['one', 1],
  ['paged', 6],
] as const)('a log of 50 MB is made while it is sent (%s)', async (longLogs, pages) => {
  const line = 'x'.repeat(971);
  const log = { count: 50_000, line: () => line };
  const script = simulateBuild({
    stages: [{ name: 's', jobs: [{ name: 'j', steps: [{ ...step, name: 'long', log }] }] }],
  });
  const { move, open } = openAt(script, { switches: { longLogs } });
  const fake = await open();
  const run = await fake.start();
  move(60_000);
  await fake.ask('build/builds/101');
  const last = recordOf(run, 'long').logId ?? 0;
  let bytes = 0;
  for (let id = last - pages + 1; id <= last; id++)
    for await (const chunk of (await fake.ask(`build/builds/101/logs/${id}`)).body ?? [])
      bytes += chunk.length;
  expect(bytes).toBeGreaterThan(50_000_000);
});
