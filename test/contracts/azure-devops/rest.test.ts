import { describe, expect, test } from 'vitest';
import {
  openAzureDevOps,
  recordOf,
  type TestAzureDevOps,
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

/** Members that an answer is asked for; the shape of JSON from the service. */
type Json = Readonly<Record<string, unknown>>;

async function json(answer: Response | Promise<Response>): Promise<Json> {
  return (await (await answer).json()) as Json;
}

const open = (options: TestAzureDevOpsOptions = {}) => openAzureDevOps({ yaml, ...options });
const queued = { times: { queue: 60_000 } } as const;

function post(fake: TestAzureDevOps, body: unknown, path = 'pipelines/14902/runs?api-version=7.1') {
  return fake.ask(path, { method: 'POST', body: typeof body === 'string' ? body : JSON.stringify(body) });
}

describe('the shape of', () => {
  test('a queued build has no keys for what has not happened', async () => {
    const fake = await open(queued);
    await fake.start(order);
    const build = await json(fake.ask('build/builds/101'));
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
    const run = await json(fake.ask('pipelines/14902/runs/101'));
    expect(run).toMatchObject({ state: 'completed', result: 'succeeded', templateParameters: { Name: 'x' } });
    const url = String((run._links as Record<string, { href: string }>).web?.href);
    expect(url).toMatch(/\/contoso\/[0-9a-f-]{36}\/_build\/results\?buildId=101$/);
    const { value } = (await json(fake.ask('pipelines/14902/runs'))) as { value: Json[] };
    expect(value[0]).toMatchObject({ id: 101, state: 'completed' });
    expect(value[0]).not.toHaveProperty('templateParameters');
  });

  test('a running run has no result', async () => {
    const fake = await open(queued);
    const run = await json(post(fake, order));
    expect(run.state).toBe('inProgress');
    for (const key of ['result', 'finishedDate', 'finalYaml']) expect(run).not.toHaveProperty(key);
  });

  test('the timeline has nulls, and a log only where a step has ended', async () => {
    const fake = await open();
    await fake.run(order);
    const { records } = (await json(fake.ask('build/builds/101/timeline'))) as { records: Json[] };
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
    const { count, value } = (await json(log({ accept: 'application/json' }, '?startLine=1&endLine=2'))) as {
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

describe('a refusal', () => {
  test.each<[what: string, body: unknown, status: number, words: string]>([
    ['a missing parameter', {}, 400, "A value for the 'Name' parameter must be provided."],
    [
      'an unexpected one',
      { templateParameters: { Name: 'x', Other: 'y' } },
      400,
      "Unexpected parameter 'Other'",
    ],
    [
      'a list as a parameter',
      { templateParameters: { Name: ['x'] } },
      400,
      'Unable to convert from Array to String. Value: Array',
    ],
    [
      'a mapping as a parameter',
      { templateParameters: { Name: {} } },
      400,
      'Unable to convert from Object to String. Value: Object',
    ],
    ['no body', '', 400, 'Value cannot be null.\r\nParameter name: runParameters'],
    ['no JSON', '{', 400, 'The body is not JSON'],
    [
      'another member',
      { ...order, previewrun: true },
      400,
      'The emulator does not know the member "previewrun" of the body',
    ],
    [
      'YAML for a real run',
      { ...order, yamlOverride: 'steps: []' },
      400,
      'yamlOverride is for preview runs only',
    ],
    [
      'another repository',
      { ...order, resources: { repositories: { other: {} } } },
      400,
      'the repository "other"',
    ],
    [
      'an unknown stage to skip',
      { ...order, stagesToSkip: ['x'] },
      400,
      'Stage x to skip is not in the pipeline.',
    ],
  ])('of %s says so', async (_, body, status, words) => {
    const fake = await open();
    const answer = await post(fake, body);
    expect(answer.status).toBe(status);
    const refusal = await json(answer);
    expect(refusal.message).toContain(words);
    expect(Object.keys(refusal)).toEqual([
      '$id',
      'innerException',
      'message',
      'typeName',
      'typeKey',
      'errorCode',
      'eventId',
    ]);
    expect(fake.runs.size).toBe(0);
  });

  test.each<[path: string, status: number, typeKey: string]>([
    ['pipelines/1/runs', 404, 'PipelineDoesNotExistException'],
    ['pipelines/14902/runs/5', 404, 'BuildNotFoundException'],
    ['build/builds/5', 404, 'BuildNotFoundException'],
    ['build/builds/5/timeline', 404, 'BuildNotFoundException'],
    ['build/builds?api-version=9.0', 404, ''],
    ['pipelines/14902/runs?api-version=9.0', 400, 'VssVersionOutOfRangeException'],
    ['pipelines/14902/runs?api-version=7.2', 400, 'VssInvalidPreviewVersionException'],
    ['pipelines/14902/runs?$top=1', 400, 'VssServiceException'],
  ])('of %s is %i %s', async (path, status, typeKey) => {
    const fake = await open();
    const answer = await fake.ask(path);
    expect(answer.status).toBe(status);
    if (typeKey !== '') expect(await json(answer)).toMatchObject({ typeKey });
    else
      expect(await answer.text()).toMatch(
        /^The controller for path '.*' was not found or does not implement IController\.$/,
      );
  });

  test('of a change without a version says how to give one', async () => {
    const fake = await open();
    expect(await json(post(fake, order, 'pipelines/14902/runs'))).toMatchObject({
      typeKey: 'VssVersionNotSpecifiedException',
    });
  });

  test('of an unknown project names it', async () => {
    const fake = await open();
    const headers = { authorization: `Basic ${btoa(`:${testToken}`)}` };
    const answer = await fetch(`${fake.url}/nowhere/_apis/build/builds/1`, { headers });
    expect(answer.status).toBe(404);
    const words = 'TF200016: The following project does not exist: nowhere.';
    expect((await json(answer)).message).toContain(words);
  });

  test('of a YAML file that the emulator does not understand is a refusal of run and preview', async () => {
    const fake = await open({ yaml: 'steps: [{ script: x, shell: bash }]' });
    for (const path of ['runs', 'preview']) {
      const answer = await post(fake, {}, `pipelines/14902/${path}?api-version=7.1`);
      expect(answer.status).toBe(400);
      expect(await json(answer)).toMatchObject({
        typeKey: 'PipelineValidationException',
        message: expect.stringContaining("Unexpected value 'shell'"),
      });
    }
  });
});

describe('a token', () => {
  const bad = { authorization: `Basic ${btoa(':wrong')}` };
  const suppress = { 'x-tfs-fedauthredirect': 'Suppress' };

  test('that is wrong is 401 without a body for a client that suppresses redirects', async () => {
    const fake = await open();
    const answer = await fake.ask('build/builds/1', { headers: { ...bad, ...suppress } });
    expect([answer.status, await answer.text(), answer.headers.get('content-type')]).toEqual([401, '', null]);
    expect(answer.headers.get('www-authenticate')).toMatch(/^Basic realm=/);
  });

  test.each(['203', '302'] as const)(
    'that is wrong is %s otherwise, as the switch says',
    async (refusedToken) => {
      const fake = await open({ switches: { refusedToken } });
      for (const headers of [bad, {}]) {
        const answer = await fake.ask('build/builds/1', { headers });
        expect(answer.status).toBe(Number(refusedToken));
        expect(answer.headers.get('content-type')).toMatch(/^text\/html/);
        expect(answer.headers.get('location')?.includes('/_signin?') ?? false).toBe(refusedToken === '302');
      }
    },
  );

  test.each([
    ['as-any-other', 203],
    ['401', 401],
    ['203', 203],
    ['302', 302],
  ] as const)('that has expired is refused as the switch %s says', async (expiredToken, status) => {
    const fake = await open({ switches: { expiredToken } });
    const headers = { authorization: `Bearer ${fake.issueToken()}` };
    expect((await fake.ask('pipelines/14902/runs', { headers })).status).toBe(200);
    fake.expireTokens();
    expect((await fake.ask('pipelines/14902/runs', { headers })).status).toBe(status);
  });

  test('that is good is refused with the Suppress header by a tenant that does not let it through', async () => {
    const fake = await open({ switches: { suppressHeader: 'refused' } });
    const good = { authorization: `Bearer ${fake.issueToken()}` };
    expect((await fake.ask('pipelines/14902/runs', { headers: { ...good, ...suppress } })).status).toBe(401);
    expect((await fake.ask('pipelines/14902/runs', { headers: good })).status).toBe(200);
  });
});
