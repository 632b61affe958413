import { describe, expect, test } from 'vitest';
import {
  jsonOf,
  openAzureDevOps,
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
    const answer = await fake.post(body);
    expect(answer.status).toBe(status);
    const refusal = await jsonOf(answer);
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
    if (typeKey !== '') expect(await jsonOf(answer)).toMatchObject({ typeKey });
    else
      expect(await answer.text()).toMatch(
        /^The controller for path '.*' was not found or does not implement IController\.$/,
      );
  });

  test('of a change without a version says how to give one', async () => {
    const fake = await open();
    expect(await jsonOf(fake.post(order, 'pipelines/14902/runs'))).toMatchObject({
      typeKey: 'VssVersionNotSpecifiedException',
    });
  });

  test('of an unknown project names it', async () => {
    const fake = await open();
    const headers = { authorization: `Basic ${btoa(`:${testToken}`)}` };
    const answer = await fetch(`${fake.url}/nowhere/_apis/build/builds/1`, { headers });
    expect(answer.status).toBe(404);
    const words = 'TF200016: The following project does not exist: nowhere.';
    expect((await jsonOf(answer)).message).toContain(words);
  });

  test('of a YAML file that the emulator does not understand is a refusal of run and preview', async () => {
    const fake = await open({ yaml: 'steps: [{ script: x, shell: bash }]' });
    for (const path of ['runs', 'preview']) {
      const answer = await fake.post({}, `pipelines/14902/${path}?api-version=7.1`);
      expect(answer.status).toBe(400);
      expect(await jsonOf(answer)).toMatchObject({
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
