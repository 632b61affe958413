import { existsSync } from 'node:fs';
import { expect, test, vi } from 'vitest';
import {
  openAzureDevOps,
  outputOf,
  recordOf,
  type TestAzureDevOps,
} from '../../fakes/azure-devops/open-azure-devops.ts';
import type { Run } from '../../fakes/azure-devops/runs/run.ts';

/** Waits until a step says that it is ready. */
async function cancelWhenRunning(fake: TestAzureDevOps, run: Run): Promise<void> {
  await vi.waitFor(() => expect(run.tags).toContain('ready'), 5_000);
  const answer = await fake.ask(`build/builds/${run.id}?api-version=7.1`, {
    method: 'PATCH',
    body: JSON.stringify({ status: 'Cancelling' }),
  });
  expect(await answer.json()).toMatchObject({ status: 'cancelling' });
  await run.ended;
}

const ready = 'echo "##vso[build.addbuildtag]ready"';
const quick = { interrupt: 300, terminate: 300, minute: 2_000 };

function pipelineOf(script: string, more = ''): string {
  const lines = script.split('\n').map((line) => `              ${line}`);
  return `
stages:
  - stage: work
    jobs:
      - job: work
        pool: default
        cancelTimeoutInMinutes: 1
        steps:
          - name: runs
            script: |
${lines.join('\n')}
          - { script: 'true', name: ordinary }
          - { script: echo cleaned up, name: cleanup, condition: always() }
${more}`;
}

test('a cancelled step gets SIGINT, and only steps that always run run after it', async () => {
  const script = `trap 'echo interrupted; exit 0' INT
${ready}
sleep 30 & wait`;
  const fake = await openAzureDevOps({ yaml: pipelineOf(script), times: quick });
  const run = await fake.start();
  await cancelWhenRunning(fake, run);
  expect(outputOf(run, 'runs')).toContain('interrupted');
  expect(recordOf(run, 'runs')).toMatchObject({
    result: 'canceled',
    issues: [{ message: 'The Operation will be canceled. The next steps may not contain expected logs.' }],
  });
  expect(recordOf(run, 'ordinary').result).toBe('skipped');
  expect(outputOf(run, 'cleanup')).toEqual(['cleaned up']);
  expect([recordOf(run, 'work').result, run.status, run.result]).toEqual([
    'canceled',
    'completed',
    'canceled',
  ]);
});

test('a step that ignores SIGINT gets SIGTERM', async () => {
  const script = `trap '' INT
trap 'echo terminated; exit 0' TERM
${ready}
sleep 30 & wait`;
  const fake = await openAzureDevOps({ yaml: pipelineOf(script), times: quick });
  const run = await fake.start();
  await cancelWhenRunning(fake, run);
  expect(outputOf(run, 'runs')).toContain('terminated');
});

test('a step that ignores both is killed, with its children', async () => {
  const script = `trap '' INT TERM
echo "pid $$"
${ready}
while true; do sleep 1; done`;
  const fake = await openAzureDevOps({ yaml: pipelineOf(script), times: quick });
  const run = await fake.start();
  await cancelWhenRunning(fake, run);
  const [, pid] = /pid (\d+)/.exec(outputOf(run, 'runs').join('\n')) ?? [];
  await vi.waitFor(() => expect(() => process.kill(-Number(pid), 0)).toThrow('ESRCH'), 5_000);
});

test('a step that always runs goes on until the time for cancelling is over', async () => {
  const yaml = `
pool: default
jobs:
  - job: work
    cancelTimeoutInMinutes: 1
    steps:
      - { script: 'trap "" INT TERM; ${ready}; sleep 30 & wait; wait', name: stubborn, condition: always() }
      - { script: echo late, name: late, condition: always() }
`;
  const fake = await openAzureDevOps({ yaml, times: { minute: 300 } });
  const run = await fake.start();
  await cancelWhenRunning(fake, run);
  expect(recordOf(run, 'stubborn').result).toBe('canceled');
  expect(recordOf(run, 'late').result).toBe('canceled');
});

test('stages after a cancelled one are skipped, but for those that run always', async () => {
  const after = (name: string, condition: string) => `
  - stage: ${name}
    dependsOn: work
    condition: ${condition}
    jobs: [{ job: ${name}, condition: always(), pool: default, steps: [{ script: echo ${name}, condition: always(), name: ${name} }] }]`;
  const more = `${after('notCanceled', 'not(canceled())')}${after('onCancel', 'canceled()')}${after('anyway', 'always()')}`;
  const fake = await openAzureDevOps({ yaml: pipelineOf(`${ready}\nsleep 30`, more), times: quick });
  const run = await fake.start();
  await cancelWhenRunning(fake, run);
  const results = ['notCanceled', 'onCancel', 'anyway'].map((name) => recordOf(run, name).result);
  expect(results).toEqual(['skipped', 'succeeded', 'succeeded']);
  expect(run.result).toBe('canceled');
});

test('a build that is cancelled in the queue never starts', async () => {
  const fake = await openAzureDevOps({ yaml: pipelineOf('true'), times: { queue: 60_000 } });
  const run = await fake.start();
  expect(await (await fake.ask(`build/builds/${run.id}`)).json()).toMatchObject({ status: 'notStarted' });
  run.cancel();
  await run.ended;
  expect([run.result, run.timeline.records.length]).toEqual(['canceled', 0]);
});

test('closing ends a build, its processes and its folders', async () => {
  const fake = await openAzureDevOps({
    yaml: pipelineOf('echo "##vso[build.updatebuildnumber]$$ $PWD"\nsleep 30'),
  });
  const run = await fake.start();
  await vi.waitFor(() => expect(run.name).toContain(' '), 5_000);
  const [pid, directory = ''] = run.name.split(' ');
  await fake.close();
  await vi.waitFor(() => expect(() => process.kill(-Number(pid), 0)).toThrow('ESRCH'), 5_000);
  expect(existsSync(directory)).toBe(false);
});

test('where only bash hears of a cancel, its children go on until the job ends', async () => {
  const script = `bash -c 'trap "echo child >&2" INT TERM; ${ready}; sleep 30'`;
  const fake = await openAzureDevOps({
    yaml: pipelineOf(script),
    times: { interrupt: 200 },
    switches: { cancelSignal: 'shell' },
  });
  const run = await fake.start();
  await cancelWhenRunning(fake, run);
  expect(recordOf(run, 'runs').result).toBe('canceled');
  expect(outputOf(run, 'runs')).not.toContain('child');
  expect(outputOf(run, 'cleanup')).toEqual(['cleaned up']);
});

test('there, a program in the place of bash gets SIGTERM', async () => {
  const script = `exec bash -c 'trap "echo terminated; exit" TERM; ${ready}; sleep 30 & wait'`;
  const fake = await openAzureDevOps({
    yaml: pipelineOf(script),
    switches: { cancelSignal: 'shell' },
    times: quick,
  });
  const run = await fake.start();
  await cancelWhenRunning(fake, run);
  expect(outputOf(run, 'runs')).toContain('terminated');
});

test.each(['succeeded', 'failed'] as const)(
  'a script whose bash is killed by somebody else has %s',
  async (signalledScript) => {
    const yaml = `pool: default\nsteps: [{ script: 'kill -9 $$', name: dies }]`;
    const fake = await openAzureDevOps({ yaml, switches: { signalledScript } });
    expect(recordOf(await fake.run(), 'dies').result).toBe(signalledScript);
  },
);

test('a step that says it is done is not waited for', async () => {
  const script = `echo '##vso[task.complete result=Succeeded;done=true]'; sleep 30; echo late`;
  const yaml = `pool: default\nsteps: [{ script: "${script}", name: done }, { script: echo next, name: next }]`;
  const fake = await openAzureDevOps({ yaml, times: { forceComplete: 50 } });
  const run = await fake.run();
  expect([recordOf(run, 'done').result, outputOf(run, 'next')]).toEqual(['succeeded', ['next']]);
});
