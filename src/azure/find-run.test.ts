import { describe, expect, test } from 'vitest';
import { openTestAzure } from '../../test/fakes/azure-devops/open-azure.ts';
import { type Reply, runOf, startScriptedService } from '../../test/fakes/azure-devops/scripted-service.ts';
import { Secret } from '../core/index.ts';

const notBefore = new Date('2026-03-04T05:00:00Z');
const parameters = { Name: 'app', UseCache: 'true' };
const sought = { templateParameters: parameters, notBefore };
const list = 'pipelines/7/runs';

interface KnownRun {
  readonly id: number;
  readonly templateParameters?: object;
  readonly createdDate?: string | undefined;
}

/** A service that lists these runs without their parameters, as it does since 2022. */
async function withRuns(runs: readonly KnownRun[], single: Partial<Reply> = {}) {
  const byPath = new Map(runs.map((run) => [`${list}/${run.id}`, run]));
  const service = await startScriptedService(({ path }) => {
    if (path === list) {
      const value = runs.map(({ templateParameters: _, ...run }) => runOf(run.id, run));
      return { body: { count: runs.length, value } };
    }
    const run = byPath.get(path);
    return run === undefined ? undefined : { body: runOf(run.id, run), ...single };
  });
  const looks = () => service.seen.slice(1).map(({ path }) => Number(path.split('/').at(-1)));
  return { service, looks };
}

describe('finding a run', () => {
  test('looks at each run, from the newest on, until the parameters are the same', async () => {
    const { service, looks } = await withRuns([
      { id: 11, templateParameters: parameters },
      { id: 14, templateParameters: { Name: 'other', UseCache: 'true' } },
      { id: 12, templateParameters: { UseCache: true, Name: 'app', LeftOut: 'default' } },
      { id: 13, templateParameters: { Name: 'app' } },
      { id: 15, templateParameters: { Name: 'app', UseCache: 'false' } },
      { id: 16 },
    ]);
    const { azure } = openTestAzure(service);
    expect(await azure.findRun(sought)).toMatchObject({ id: 12, name: '20260304.12' });
    expect(looks()).toEqual([16, 15, 14, 13, 12]);
  });

  test('takes a switch as the service writes it', async () => {
    const { service } = await withRuns([{ id: 11, templateParameters: { Name: 'app', UseCache: 'True' } }]);
    expect(await openTestAzure(service).azure.findRun(sought)).toMatchObject({ id: 11 });
  });

  test('compares with what is secret, too', async () => {
    const { service } = await withRuns([{ id: 11, templateParameters: { Authorization: 't0ken' } }]);
    const find = (token: string) =>
      openTestAzure(service).azure.findRun({
        templateParameters: { Authorization: new Secret(token) },
        notBefore,
      });
    expect(await find('t0ken')).toMatchObject({ id: 11 });
    expect(await find('other')).toBeUndefined();
  });

  test('leaves out runs that are older, but for the difference of two clocks', async () => {
    const { service, looks } = await withRuns([
      { id: 11, createdDate: '2026-03-04T04:54:59.9999999Z' },
      { id: 12, createdDate: '2026-03-04T04:55:00.0000000Z' },
      { id: 13, createdDate: undefined },
    ]);
    expect(await openTestAzure(service).azure.findRun(sought)).toBeUndefined();
    expect(looks()).toEqual([13, 12]);
  });

  test('looks at fifty runs and no more', async () => {
    const { service, looks } = await withRuns(Array.from({ length: 80 }, (_, at) => ({ id: at + 1 })));
    expect(await openTestAzure(service).azure.findRun(sought)).toBeUndefined();
    expect([looks().length, looks().at(0), looks().at(-1)]).toEqual([50, 80, 31]);
  });

  test('rests between two looks as long as the service wants', async () => {
    const { service } = await withRuns([{ id: 11 }, { id: 12 }], { headers: { 'retry-after': '3' } });
    const { azure, waits } = openTestAzure(service);
    await azure.findRun(sought);
    expect(waits).toEqual([3000]);
  });

  test.each([null, {}, { value: null }, []])(
    'never takes the answer %j for "there is none"',
    async (body) => {
      const service = await startScriptedService(() => ({ body }));
      await expect(openTestAzure(service).azure.findRun(sought)).rejects.toMatchObject({
        code: 'azure.unavailable',
        message: expect.stringMatching(/the answer has no list of runs \(5 attempts\)$/),
      });
    },
  );
});

describe('a preview', () => {
  test.each([
    ['alone', { finalYaml: 'steps: []\n' }],
    ['with what a run has', runOf(1, { finalYaml: 'steps: []\n', state: 'unknown', id: -1 })],
  ])('gives the final YAML that comes %s', async (_, body) => {
    const service = await startScriptedService(() => ({ body }));
    const { azure } = openTestAzure(service, { pipelineVersion: 4 });
    const order = { templateParameters: parameters, secretVariables: { T: new Secret('x') } };
    expect(await azure.previewRun({ ...order, yaml: 'steps:\n' })).toBe('steps: []\n');
    expect(service.seen[0]).toMatchObject({ path: 'pipelines/7/preview', query: { pipelineVersion: '4' } });
    expect(JSON.parse(service.seen[0]?.body ?? '')).toEqual({
      templateParameters: parameters,
      variables: { T: { value: 'x', isSecret: true } },
      previewRun: true,
      yamlOverride: 'steps:\n',
    });
  });
});
