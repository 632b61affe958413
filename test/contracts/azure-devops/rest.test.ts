import { describe, expect, test } from 'vitest';
import {
  type Json,
  jsonOf,
  openAzureDevOps,
  recordOf,
  type TestAzureDevOpsOptions,
  testToken,
} from '../../fakes/azure-devops/open-azure-devops.ts';

const yaml = `
parameters: [{ name: Name, type: string }]
pool: default
steps:
  - { script: 'echo one; echo two', name: show }
`;
const order = { templateParameters: { Name: 'x' } };

const open = (options: TestAzureDevOpsOptions = {}) => openAzureDevOps({ yaml, ...options });
const queued = { times: { queue: 60_000 } } as const;

describe('the shape of', () => {
  test('a queued build has no keys for what has not happened', async () => {
    const fake = await open(queued);
    await fake.start(order);
    const build = await jsonOf(fake.ask('build/builds/101'));
    expect(build).toMatchObject({ status: 'notStarted', reason: 'manual', triggeredByBuild: null });
    for (const key of ['result', 'startTime', 'finishTime']) expect(build).not.toHaveProperty(key);
    expect(build.queueTime).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{7}Z$/);
    expect(build.lastChangedDate).toMatch(/\.\d{3}Z$/);
    expect(Object.keys(build).slice(0, 9)).toEqual([
      '_links',
      'properties',
      'tags',
      'validationResults',
      'plans',
      'triggerInfo',
      'id',
      'buildNumber',
      'status',
    ]);
  });

  test('a run, with its parameters unless it stands in a list', async () => {
    const fake = await open();
    await fake.run(order);
    const run = await jsonOf(fake.ask('pipelines/14902/runs/101'));
    expect(run).toMatchObject({ state: 'completed', result: 'succeeded', templateParameters: { Name: 'x' } });
    const url = String((run._links as Record<string, { href: string }>).web?.href);
    expect(url).toMatch(/\/contoso\/[0-9a-f-]{36}\/_build\/results\?buildId=101$/);
    const { value } = (await jsonOf(fake.ask('pipelines/14902/runs'))) as { value: Json[] };
    expect(value[0]).toMatchObject({ id: 101, state: 'completed' });
    expect(value[0]).not.toHaveProperty('templateParameters');
  });

  test('a running run has no result', async () => {
    const fake = await open(queued);
    const run = await jsonOf(fake.post(order));
    expect(run.state).toBe('inProgress');
    for (const key of ['result', 'finishedDate', 'finalYaml']) expect(run).not.toHaveProperty(key);
  });

  test('the timeline has nulls, and a log only where a step has ended', async () => {
    const fake = await open();
    await fake.run(order);
    const { records } = (await jsonOf(fake.ask('build/builds/101/timeline'))) as { records: Json[] };
    expect(records.map(({ type, name }) => `${type} ${name}`)).toEqual([
      'Stage __default',
      'Phase Job',
      'Job Job',
      'Task Initialize job',
      'Task CmdLine',
      'Task Finalize Job',
    ]);
    const [stage, , job, , task] = records;
    expect(stage).toMatchObject({
      parentId: null,
      log: null,
      task: null,
      result: 'succeeded',
      resultCode: null,
    });
    expect(task).toMatchObject({
      parentId: job?.id,
      refName: 'show',
      order: 2,
      task: { name: 'CmdLine' },
      attempt: 1,
    });
    expect(task?.log).toMatchObject({
      type: 'Container',
      url: expect.stringMatching(/\/_apis\/build\/Builds\/101\/logs\/2$/),
    });
  });

  test('headers is the recorded one, and echoes the version', async () => {
    const fake = await open();
    const { headers } = await fake.ask('pipelines/14902/runs?api-version=6.0');
    expect(headers.get('content-type')).toBe('application/json; charset=utf-8; api-version=6.0');
    for (const name of [
      'activityid',
      'x-vss-e2eid',
      'x-tfs-processid',
      'x-tfs-session',
      'x-vss-userdata',
      'request-context',
      'x-msedge-ref',
    ])
      expect(headers.get(name)).toBeTruthy();
  });
});

describe('a log', () => {
  async function log(headers: Record<string, string>, query = ''): Promise<Response> {
    const fake = await open();
    const run = await fake.run(order);
    const authorization = `Basic ${btoa(`:${testToken}`)}`;
    return fake.ask(`build/builds/101/logs/${recordOf(run, 'show').logId}${query}`, {
      headers: { authorization, ...headers },
    });
  }

  test('is a text with a byte order mark and timestamps', async () => {
    const answer = await log({ accept: 'text/plain' });
    expect(answer.headers.get('content-type')).toMatch(/^text\/plain/);
    const bytes = Buffer.from(await answer.arrayBuffer());
    expect([...bytes.subarray(0, 3)]).toEqual([0xef, 0xbb, 0xbf]);
    const lines = bytes.toString().slice(1).trimEnd().split('\r\n');
    expect(lines.every((line) => /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{7}Z /.test(line))).toBe(true);
    expect(lines[0]).toMatch(/##\[section\]Starting: CmdLine$/);
    expect(lines.at(-1)).toMatch(/##\[section\]Finishing: CmdLine$/);
  });

  test('is lines for a client that asks for JSON, cut by number', async () => {
    const { count, value } = (await jsonOf(
      log({ accept: 'application/json' }, '?startLine=1&endLine=2'),
    )) as {
      count: number;
      value: string[];
    };
    expect(count).toBe(2);
    expect(value[0]).toMatch(/^\d.*Starting: CmdLine$/);
  });

  test('is an archive for a client that asks for one', async () => {
    const answer = await log({ accept: 'application/zip' });
    expect(
      Buffer.from(await answer.arrayBuffer())
        .subarray(0, 2)
        .toString(),
    ).toBe('PK');
  });

  test('of the job has the lines of all its steps', async () => {
    const fake = await open();
    const run = await fake.run(order);
    const job = recordOf(run, 'Job', 'Job');
    const text = await (await fake.ask(`build/builds/101/logs/${job.logId}`)).text();
    for (const name of ['Initialize job', 'CmdLine', 'Finalize Job'])
      expect(text).toContain(`Finishing: ${name}`);
    expect(job.logId).toBe(run.logs.all.length);
  });
});
