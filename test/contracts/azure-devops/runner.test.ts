import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import {
  openAzureDevOps,
  outputOf,
  recordOf,
  resultsOf,
} from '../../fakes/azure-devops/open-azure-devops.ts';

describe('steps', () => {
  const yaml = `
pool: default
steps:
  - { script: exit 3, name: breaks }
  - { script: 'true', name: ordinary }
  - { script: 'true', name: whenFailed, condition: failed() }
  - { script: 'true', name: anyway, condition: succeededOrFailed() }
  - { script: 'true', name: byVariable, condition: "and(always(), eq(variables['Build.BuildId'], '101'))" }
`;

  test('after a failed one run as their conditions say', async () => {
    const fake = await openAzureDevOps({ yaml });
    const run = await fake.run();
    expect(resultsOf(run, ['breaks', 'ordinary', 'whenFailed', 'anyway', 'byVariable'])).toEqual([
      'failed',
      'skipped',
      'succeeded',
      'succeeded',
      'succeeded',
    ]);
    expect(run.result).toBe('failed');
    expect(recordOf(run, 'breaks').issues).toEqual([
      {
        type: 'error',
        category: 'General',
        message: "Bash exited with code '3'.",
        data: { type: 'error', logFileLineNumber: expect.any(String) },
      },
    ]);
    expect(outputOf(run, 'ordinary')).toEqual(['Skipping step due to condition evaluation.']);
  });

  test('go on within a script after a command that fails, without the settings of any user', async () => {
    const script = 'false; echo "on $-"; shopt login_shell';
    const fake = await openAzureDevOps({
      yaml: `pool: default\nsteps: [{ script: '${script}', name: show }]`,
    });
    expect(outputOf(await fake.run(), 'show').slice(0, 2)).toEqual([
      'on hB',
      expect.stringMatching(/^login_shell\s+off$/),
    ]);
  });

  test('that may fail make the build succeed partially', async () => {
    const steps = 'steps: [{ script: exit 1, name: a, continueOnError: true }, { script: "true", name: b }]';
    const fake = await openAzureDevOps({ yaml: `pool: default\n${steps}` });
    const run = await fake.run();
    expect([...resultsOf(run, ['a', 'b', 'Job']), run.result]).toEqual([
      'succeededWithIssues',
      'succeeded',
      'succeededWithIssues',
      'partiallySucceeded',
    ]);
  });

  test('that take too long fail', async () => {
    const steps = 'steps: [{ script: sleep 30, name: slow, timeoutInMinutes: 1 }]';
    const fake = await openAzureDevOps({
      yaml: `pool: default\n${steps}`,
      times: { minute: 200, interrupt: 100, terminate: 100 },
    });
    const run = await fake.run();
    expect(recordOf(run, 'slow')).toMatchObject({
      result: 'failed',
      issues: [{ message: 'The task has timed out.' }],
    });
    expect(run.result).toBe('failed');
  });
});

describe('jobs and stages', () => {
  const job = (name: string, script: string, more = '') =>
    `{ job: ${name}, pool: default, ${more} steps: [{ script: ${JSON.stringify(script)}, name: s }] }`;

  test('see results and outputs of those that they depend on', async () => {
    const yaml = `
stages:
  - stage: one
    jobs:
      - ${job('a', 'echo "##vso[task.setvariable variable=x;isOutput=true]hello"')}
      - job: b
        dependsOn: a
        pool: default
        variables:
          fromJob: $[ dependencies.a.outputs['s.x'] ]
          result: $[ dependencies.a.result ]
        steps: [{ script: echo $(fromJob) $(result), name: b }]
  - stage: two
    condition: eq(dependencies.one.outputs['a.s.x'], 'hello')
    jobs:
      - job: c
        pool: default
        variables:
          fromStage: $[ stageDependencies.one.a.outputs['s.x'] ]
          missing: $[ stageDependencies.one.a.outputs['s.y'] ]
        steps: [{ script: 'echo "$(fromStage)/$(missing)/"', name: c }]
  - stage: three
    jobs:
      - job: d
        pool: default
        variables: { tooFar: "$[ stageDependencies.one.a.outputs['s.x'] ]" }
        steps: [{ script: 'echo "<$(tooFar)>"', name: d }]
`;
    const fake = await openAzureDevOps({ yaml });
    const run = await fake.run();
    expect(run.result).toBe('succeeded');
    expect(outputOf(run, 'b')).toEqual(['hello Succeeded']);
    expect(outputOf(run, 'c')).toEqual(['hello//']);
    expect(outputOf(run, 'd')).toEqual(['<>']);
  });

  test('run, or are skipped, as their conditions say', async () => {
    const yaml = `
stages:
  - stage: fails
    jobs: [${job('f', 'exit 1')}]
  - stage: ordinary
    jobs: [${job('o', 'true')}]
  - stage: afterSkipped
    dependsOn: ordinary
    jobs: [${job('p', 'true')}]
  - stage: repairs
    dependsOn: fails
    condition: failed('fails')
    jobs: [${job('r', 'true')}]
  - stage: reports
    dependsOn: [fails, ordinary]
    condition: and(not(canceled()), in(dependencies.ordinary.result, 'Skipped'))
    jobs: [${job('t', 'true')}, ${job('u', 'true', 'condition: false,')}]
`;
    const fake = await openAzureDevOps({ yaml });
    const run = await fake.run();
    expect(resultsOf(run, ['fails', 'ordinary', 'afterSkipped', 'repairs', 'reports', 'u'])).toEqual([
      'failed',
      'skipped',
      'skipped',
      'succeeded',
      'succeeded',
      'skipped',
    ]);
    expect(run.result).toBe('failed');
  });

  test('that the request leaves out do not stop those after them', async () => {
    const yaml = `stages: [{ stage: a, jobs: [${job('j', 'exit 1')}] }, { stage: b, jobs: [${job('k', 'true')}] }]`;
    const fake = await openAzureDevOps({ yaml });
    const run = await fake.run({ stagesToSkip: ['a'] });
    expect([...resultsOf(run, ['a', 'b']), run.result]).toEqual(['skipped', 'succeeded', 'succeeded']);
  });

  test('run side by side', async () => {
    const meet = await mkdtemp(join(tmpdir(), 'meet-'));
    onTestFinished(() => rm(meet, { recursive: true }));
    const wait = (own: string, other: string) =>
      `touch "$MEET/${own}"; until [ -e "$MEET/${other}" ]; do sleep 0.02; done`;
    const yaml = `jobs: [${job('a', wait('a', 'b'))}, ${job('b', wait('b', 'a'))}]`;
    const env = { PATH: '/usr/bin:/bin', MEET: meet };
    const fake = await openAzureDevOps({ yaml, pools: { default: { env } } });
    expect((await fake.run()).result).toBe('succeeded');
  });

  test.each([
    ['a pool with one agent', { pools: { default: { env: { PATH: '/usr/bin:/bin' }, agents: 1 } } }],
    ['one job at a time', { parallelJobs: 1 }],
  ])('wait for each other with %s', async (_, options) => {
    const yaml = `jobs: [${job('a', 'true')}, ${job('b', 'true')}]`;
    const fake = await openAzureDevOps({ yaml, ...options });
    const run = await fake.run();
    const [first, second] = run.timeline.records.filter(({ type }) => type === 'Job');
    expect(String(second?.startTime) >= String(first?.finishTime)).toBe(true);
  });

  test('that run out of time are cancelled', async () => {
    const yaml = `jobs: [${job('slow', 'sleep 30', 'timeoutInMinutes: 1,')}]`;
    const times = { minute: 200, interrupt: 100, terminate: 100 };
    const fake = await openAzureDevOps({ yaml, times });
    const run = await fake.run();
    const record = run.timeline.records.find(({ type }) => type === 'Job');
    expect(record).toMatchObject({ result: 'canceled', errorCount: 1 });
    expect(record?.issues[0]?.message).toContain('ran longer than the maximum time of 1 minutes');
    expect(run.result).toBe('canceled');
    const other = await openAzureDevOps({ yaml, times, switches: { timedOutJob: 'failed' } });
    expect((await other.run()).result).toBe('failed');
  });

  test('of a pool that is not there fail as the service says', async () => {
    const fake = await openAzureDevOps({ yaml: 'pool: nowhere\nsteps: [{ script: "true" }]' });
    const run = await fake.run();
    const record = run.timeline.records.find(({ type }) => type === 'Job');
    expect(record?.issues[0]?.message).toContain('Could not find a pool with name nowhere.');
    expect([record?.result, run.result]).toEqual(['failed', 'failed']);
  });
});
