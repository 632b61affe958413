import { inspect } from 'node:util';
import { describe, expect, test } from 'vitest';
import { openTestAzure } from '../../test/fakes/azure-devops/open-azure.ts';
import { type Reply, startScriptedService } from '../../test/fakes/azure-devops/scripted-service.ts';
import { Secret } from '../core/index.ts';
import { type AzureCredential, patCredential } from './index.ts';

const activityid = '0f5c2a3e-1111-4222-8333-444455556666';
const page = { 'content-type': 'Text/HTML; charset=utf-8' };

async function refusalOf(reply: Reply) {
  const headers = { activityid, ...reply.headers };
  const service = await startScriptedService(() => ({ ...reply, headers }));
  const { azure, waits } = openTestAzure(service);
  const error: unknown = await azure.readBuild(42).catch((caught: unknown) => caught);
  return {
    error,
    waits,
    url: `${service.organizationUrl}/the%20project/_apis/build/builds/42?api-version=7.1`,
  };
}

describe('a refusal', () => {
  test.each<[string, Reply, number]>([
    ['401', { status: 401 }, 401],
    ['203 with a page', { status: 203, headers: page, body: '<html>' }, 203],
    ['302 to the sign-in page', { status: 302, headers: { location: '/_signin' } }, 302],
    ['200 with a page', { headers: page, body: '<html>' }, 200],
  ])('of the credential by %s says so, with what support asks for', async (_, reply, status) => {
    const { error, url } = await refusalOf(reply);
    expect(error).toMatchObject({
      code: 'azure.refused',
      message: `GET ${url}: ${status}, the credential is not accepted (activity ${activityid})`,
      details: { method: 'GET', url, status, activityId: activityid },
      hint: expect.stringMatching(/expired/),
    });
  });

  const body = (typeKey: string, message: string) => ({ $id: '1', innerException: null, message, typeKey });
  test.each<[string, Reply, string, string]>([
    [
      'an unknown project',
      { status: 404, body: body('ProjectDoesNotExistWithNameException', 'TF200016: no such project: X.') },
      'azure.rejected',
      '404 ProjectDoesNotExistWithNameException "TF200016: no such project: X."',
    ],
    [
      'an unknown route',
      {
        status: 404,
        body: "The controller for path '/x' was not found",
        headers: { 'content-type': 'text/plain' },
      },
      'azure.rejected',
      `404 "The controller for path '/x' was not found"`,
    ],
    [
      'a missing parameter',
      { status: 400, body: body('PipelineValidationException', "A value for the 'X' parameter is needed.") },
      'azure.rejected',
      `400 PipelineValidationException "A value for the 'X' parameter is needed."`,
    ],
    [
      'a missing permission',
      { status: 403, body: body('AccessDenied', 'TF401027: You need the permission') },
      'azure.refused',
      '403 AccessDenied "TF401027: You need the permission"',
    ],
    ['a page', { status: 404, body: '<html>lost</html>', headers: page }, 'azure.rejected', '404'],
    ['an unknown status', { status: 418, body: '"tea"' }, 'azure.rejected', '418'],
  ])('for %s has the words of the service', async (_, reply, code, said) => {
    const { error, url, waits } = await refusalOf(reply);
    const message = `GET ${url}: ${said} (activity ${activityid})`;
    expect(error).toMatchObject({ code, message, details: { status: reply.status } });
    expect(waits).toEqual([]);
  });

  test('after all retries has the words of the last answer, read over a byte order mark', async () => {
    const { error, url, waits } = await refusalOf({
      status: 503,
      body: '\ufeff{"message":"TF24668: The collection is stopped","typeKey":"Stopped"}',
      headers: { 'content-type': 'application/json' },
    });
    const said = `503 Stopped "TF24668: The collection is stopped" (activity ${activityid})`;
    expect(error).toMatchObject({
      code: 'azure.unavailable',
      message: `GET ${url}: ${said} (5 attempts)`,
      details: { status: 503, activityId: activityid, typeKey: 'Stopped' },
    });
    expect(waits).toHaveLength(4);
  });

  test('is one short line that no runner obeys', async () => {
    const message = `bad\r\n##vso[task.setvariable]x \u001b[2J::error::${'x'.repeat(1000)}`;
    const { error } = await refusalOf({ status: 400, body: { message } });
    expect((error as Error).message).toMatch(
      /400 "bad ## vso\[task\.setvariable\]x ::error::x+…" \(activity/,
    );
    expect((error as Error).message.length).toBeLessThan(600);
  });

  test.each<[string, Reply]>([
    ['is too long', { status: 400, body: { message: 'x'.repeat(100_000) } }],
    ['breaks off', { status: 400, body: { message: 'bad' }, end: 'cut' }],
  ])('whose body %s stands by its status', async (_, reply) => {
    const { error } = await refusalOf(reply);
    expect(error).toMatchObject({
      code: 'azure.rejected',
      message: expect.stringMatching(/: 400 \(activity/),
    });
  });

  test('names no id that is none', async () => {
    const { error } = await refusalOf({ status: 400, headers: { activityid: 'anything else' } });
    expect(error).not.toHaveProperty('details.activityId');
  });
});

describe('a service that repeats what it was sent', () => {
  const secrets = [
    'p4t-of-anna',
    'v4riable "with\\quotes"',
    'par4meter',
    'eyJhbGciOi.eyJzdWIiOi.c2lnbmF0dXJl',
  ];
  const [pat = '', variable = '', parameter = '', token = ''] = secrets;
  const order = {
    templateParameters: { Name: 'app', Authorization: new Secret(parameter), Forgotten: token },
    secretVariables: { TOKEN: new Secret(variable) },
  };

  test.each([400, 401, 403, 404, 429, 500, 503])('with %s tells no secret through us', async (status) => {
    const service = await startScriptedService((call) => {
      const heard = `${call.headers.authorization} ${call.body} ${variable}`;
      return { status, body: { message: heard, typeKey: 'par4meter' } };
    });
    const { azure } = openTestAzure(service, { credential: patCredential(new Secret(pat)) });
    const told = await Promise.all(
      [azure.startRun(order), azure.previewRun(order)].map((work) => work.catch((error: unknown) => error)),
    );
    const everything = `${inspect(told, { depth: 9 })} ${JSON.stringify(told)} ${told.join(' ')}`;
    const sent = [...secrets, Buffer.from(`:${pat}`).toString('base64'), 'with\\\\quotes'];
    for (const secret of sent) expect(everything).not.toContain(secret);
    expect(everything).toContain('azure.');
  });
});

describe('a credential that is refused', () => {
  function renewing(...values: readonly string[]): AzureCredential & { readonly rejected: string[] } {
    const rejected: string[] = [];
    const next = () => new Secret(`Bearer ${values[rejected.length]}`);
    return {
      rejected,
      authorization: async () => next(),
      async renewed(old) {
        rejected.push(old.reveal());
        return next();
      },
    };
  }

  test.each<[string, Reply]>([
    ['401', { status: 401 }],
    ['203', { status: 203, headers: page }],
    ['302', { status: 302, headers: { location: '/_signin' } }],
    ['a page', { headers: page }],
  ])('with %s is renewed once, and the call goes on', async (_, reply) => {
    const service = await startScriptedService(({ headers }) =>
      headers.authorization === 'Bearer old' ? reply : undefined,
    );
    const credential = renewing('old', 'new');
    const { azure, waits } = openTestAzure(service, { credential });
    const order = { templateParameters: {}, secretVariables: {} };
    expect(await azure.startRun(order)).toMatchObject({ id: 42 });
    expect([credential.rejected, service.seen.length, waits]).toEqual([['Bearer old'], 2, []]);
  });

  test('again after it was renewed is refused for good', async () => {
    const service = await startScriptedService(() => ({ status: 401 }));
    const credential = renewing('old', 'new', 'newer');
    const { azure } = openTestAzure(service, { credential });
    await expect(azure.readTimeline(42)).rejects.toMatchObject({ code: 'azure.refused' });
    expect([credential.rejected, service.seen.length]).toEqual([['Bearer old'], 2]);
  });
});
