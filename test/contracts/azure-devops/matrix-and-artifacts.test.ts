import { describe, expect, test } from 'vitest';
import {
  openAzureDevOps,
  outputOf,
  recordOf,
  resultsOf,
} from '../../fakes/azure-devops/open-azure-devops.ts';

describe('a matrix', () => {
  const legs = '{"amd":{"pool":"default","node":"a1"},"arm":{"pool":"other","node":"a2"}}';
  const yaml = `
stages:
  - stage: plan
    jobs:
      - job: plan
        pool: default
        steps: [{ script: 'echo ''##vso[task.setvariable variable=legs;isoutput=true]${legs}''', name: out }]
  - stage: build
    jobs:
      - job: build
        strategy:
          matrix: $[ stageDependencies.plan.plan.outputs['out.legs'] ]
          maxParallel: 1
        pool: { name: $(pool) }
        steps: [{ script: 'echo "##vso[task.setvariable variable=d;isoutput=true]$NODE-$(System.JobName)-$WHERE"', name: build }]
  - stage: report
    jobs:
      - job: report
        pool: default
        variables: { all: '$[ convertToJson(stageDependencies.build.build.outputs) ]' }
        steps: [{ script: 'echo "$ALL"', name: show }]
`;
  const pools = {
    default: { env: { PATH: '/usr/bin:/bin', WHERE: 'here' } },
    other: { env: { PATH: '/usr/bin:/bin', WHERE: 'there' } },
  };

  test('from an output variable runs each leg in its pool', async () => {
    const fake = await openAzureDevOps({ yaml, pools });
    const run = await fake.run();
    expect(JSON.parse(outputOf(run, 'show').join(''))).toEqual({
      'amd.build.d': 'a1-amd-here',
      'arm.build.d': 'a2-arm-there',
    });
    const jobs = run.timeline.records.filter(({ type, name }) => type === 'Job' && name.startsWith('build'));
    expect(jobs.map(({ name, refName, identifier }) => [name, refName, identifier])).toEqual([
      ['build amd', 'amd', 'build.build.amd'],
      ['build arm', 'arm', 'build.build.arm'],
    ]);
  });

  test('may name its outputs without the leg, of which the last one is seen', async () => {
    const fake = await openAzureDevOps({ yaml, pools, switches: { legOutputs: 'none' } });
    expect(JSON.parse(outputOf(await fake.run(), 'show').join(''))).toEqual({ 'build.d': 'a2-arm-there' });
  });

  test('of a literal runs as well, and one leg that fails is seen', async () => {
    const literal = `
jobs:
  - job: j
    pool: default
    strategy: { matrix: { good: { code: 0 }, bad: { code: 1 } } }
    steps: [{ script: exit $(code) }]
`;
    const fake = await openAzureDevOps({ yaml: literal });
    const run = await fake.run();
    expect(resultsOf(run, ['j good', 'j bad', 'j'])).toEqual(['succeeded', 'failed', 'failed']);
  });

  test.each(['', 'nonsense', '[]', '{"a-b":{}}', '{"a":1}', '{"a":{"b":{}}}'])(
    'that is %j fails',
    async (value) => {
      const text = `
variables: { legs: '${value}' }
jobs:
  - job: j
    strategy: { matrix: '$[ variables.legs ]' }
    steps: [{ script: 'true' }]
`;
      const fake = await openAzureDevOps({ yaml: text });
      const run = await fake.run();
      expect(recordOf(run, 'j').issues[0]?.message).toContain(
        "The value of the strategy's matrix is not valid",
      );
      expect(run.result).toBe('failed');
    },
  );
});

describe('artifacts', () => {
  test('go from job to job, one by its name or all of them', async () => {
    const yaml = `
pool: default
stages:
  - stage: make
    jobs:
      - job: make
        steps:
          - script: echo one > $(Pipeline.Workspace)/one.txt; mkdir dir; echo two > dir/two.txt
          - { publish: $(Pipeline.Workspace)/one.txt, artifact: first }
          - { publish: dir, artifact: second }
  - stage: take
    jobs:
      - job: one
        steps:
          - { download: current, artifact: first }
          - { script: 'cd $(Pipeline.Workspace); ls -d first second; cat first/one.txt', name: one }
      - job: all
        steps:
          - download: current
          - { script: cat $(Pipeline.Workspace)/first/one.txt $(Pipeline.Workspace)/second/two.txt, name: all }
`;
    const fake = await openAzureDevOps({ yaml });
    const run = await fake.run();
    expect(outputOf(run, 'one')).toContain('one');
    expect(outputOf(run, 'one')).not.toContain('second');
    expect(outputOf(run, 'all')).toEqual(['one', 'two']);
  });

  test.each([
    ['publish: nowhere, artifact: a', 'Path does not exist'],
    ['publish: ., artifact: a/b', 'Artifact name is not valid: a/b.'],
    ['publish: ., artifact: twice', 'Artifact twice already exists for build 101.'],
    ['download: current, artifact: none', 'Artifact none was not found for build 101.'],
  ])('that cannot be had (%s) fail the step', async (step, words) => {
    const yaml = `pool: default\nsteps: [{ publish: ., artifact: twice }, { ${step}, name: bad }]`;
    const fake = await openAzureDevOps({ yaml });
    const run = await fake.run();
    expect(recordOf(run, 'bad').issues[0]?.message).toContain(words);
    expect(run.result).toBe('failed');
  });
});
