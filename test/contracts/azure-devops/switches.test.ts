import { describe, expect, test } from 'vitest';
import { openAzureDevOps, recordOf } from '../../fakes/azure-devops/open-azure-devops.ts';
import type { Switches } from '../../fakes/azure-devops/switches.ts';

const yaml = 'pool: default\nsteps: [{ script: "true", name: show }]';
const queue = 60_000;

describe('the switch', () => {
  test.each(['inProgress', 'unknown'] as const)('stateWhileQueued: %s', async (stateWhileQueued) => {
    const fake = await openAzureDevOps({ yaml, switches: { stateWhileQueued }, times: { queue } });
    await fake.start();
    expect(await (await fake.ask('pipelines/14902/runs/101')).json()).toMatchObject({
      state: stateWhileQueued,
    });
  });

  test.each(['succeeded', 'failed', 'unknown'] as const)(
    'partiallySucceededRun: %s',
    async (partiallySucceededRun) => {
      const steps = 'steps: [{ script: exit 1, continueOnError: true }]';
      const fake = await openAzureDevOps({
        yaml: `pool: default\n${steps}`,
        switches: { partiallySucceededRun },
      });
      await fake.run();
      expect(await (await fake.ask('pipelines/14902/runs/101')).json()).toMatchObject({
        result: partiallySucceededRun,
      });
      expect(await (await fake.ask('build/builds/101')).json()).toMatchObject({
        result: 'partiallySucceeded',
      });
    },
  );

  test.each<[Switches['beforeFirstJob'], number, string]>([
    ['empty', 200, '"records":[]'],
    ['null', 200, 'null'],
    ['no-content', 204, ''],
  ])('beforeFirstJob: %s', async (beforeFirstJob, status, text) => {
    const fake = await openAzureDevOps({ yaml, switches: { beforeFirstJob }, times: { queue } });
    await fake.start();
    const answer = await fake.ask('build/builds/101/timeline');
    expect(answer.status).toBe(status);
    expect(await answer.text()).toContain(text);
    expect((await fake.ask('build/builds/101/logs')).status).toBe(status);
  });

  test.each([
    ['yaml-only', ['finalYaml']],
    ['unsaved-run', ['_links', 'pipeline', 'state', 'url', 'finalYaml', 'id', 'name']],
  ] as const)('previewAnswer: %s', async (previewAnswer, keys) => {
    const fake = await openAzureDevOps({ yaml, switches: { previewAnswer } });
    const yamlOverride = 'pool: other\nsteps: [{ script: x }]';
    const body = JSON.stringify({ previewRun: true, yamlOverride });
    const answer = await fake.ask('pipelines/14902/runs?api-version=7.1', { method: 'POST', body });
    const json = (await answer.json()) as { finalYaml: string };
    expect(Object.keys(json)).toEqual(keys);
    expect(json.finalYaml).toContain('pool: other');
    expect(fake.runs.size).toBe(0);
  });

  test.each(['ignored', 'incremental'] as const)('changeId: %s', async (changeId) => {
    const fake = await openAzureDevOps({ yaml, switches: { changeId } });
    const run = await fake.run();
    const answer = await fake.ask(`build/builds/101/timeline?changeId=${run.timeline.changeId - 1}`);
    const { records } = (await answer.json()) as { records: object[] };
    expect(records).toHaveLength(changeId === 'ignored' ? run.timeline.records.length : 1);
  });

  test.each(['one', 'paged'] as const)('longLogs: %s', async (longLogs) => {
    const script = `pool: default\nsteps: [{ script: 'for i in {1..200}; do echo "line $i of many"; done', name: show }]`;
    const fake = await openAzureDevOps({ yaml: script, switches: { longLogs }, pageBytes: 4_000 });
    const run = await fake.run();
    const texts = await Promise.all(
      run.logs.all.map(async ({ id }) => (await fake.ask(`build/builds/101/logs/${id}`)).text()),
    );
    const last = texts[(recordOf(run, 'show').logId ?? 0) - 1] ?? '';
    expect(last).toContain('Finishing: CmdLine');
    expect(last.includes('Starting: CmdLine')).toBe(longLogs === 'one');
    expect(texts.filter((text) => text.includes('line 1 of many'))).toHaveLength(2);
  });

  test('parameterRefusal', async () => {
    const parameterRefusal = { status: 500, typeKey: 'YamlTemplateException' };
    const fake = await openAzureDevOps({ yaml, switches: { parameterRefusal } });
    const body = JSON.stringify({ templateParameters: { X: 'y' } });
    const answer = await fake.ask('pipelines/14902/runs?api-version=7.1', { method: 'POST', body });
    expect(answer.status).toBe(500);
    expect(await answer.json()).toMatchObject({
      typeKey: 'YamlTemplateException',
      message: "Unexpected parameter 'X'",
    });
  });
});
