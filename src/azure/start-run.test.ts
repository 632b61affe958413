import { describe, expect, test } from 'vitest';
import { openTestAzure } from '../../test/fakes/azure-devops/open-azure.ts';
import { type Reply, runOf, startScriptedService } from '../../test/fakes/azure-devops/scripted-service.ts';
import { startLocalServer } from '../../test/fakes/registry/local-server.ts';
import { Secret } from '../core/index.ts';
import { isUncertain } from './index.ts';

const order = {
  templateParameters: { Name: 'app', Authorization: new Secret('t0ken') },
  secretVariables: { OIDC_TOKEN: new Secret('jwt') },
};
const runs = 'pipelines/7/runs';

async function failureOf(work: Promise<unknown>): Promise<unknown> {
  return work.then(
    () => expect.fail('should have failed'),
    (error: unknown) => error,
  );
}

describe('starting a run', () => {
  test('sends the parameters as they are and the variables as secrets', async () => {
    const service = await startScriptedService();
    const { azure } = openTestAzure(service, { pipelineVersion: 4 });
    expect(await azure.startRun(order)).toEqual({
      id: 42,
      name: '20260304.42',
      url: `${service.organizationUrl}/the%20project/_build/results?buildId=42`,
    });
    const [call] = service.seen;
    expect(call).toMatchObject({ method: 'POST', path: runs, query: { pipelineVersion: '4' } });
    expect(call?.headers.authorization).toBe(`Basic ${Buffer.from(':p4t').toString('base64')}`);
    expect(call?.headers['x-tfs-fedauthredirect']).toBeUndefined();
    expect(JSON.parse(call?.body ?? '')).toEqual({
      templateParameters: { Name: 'app', Authorization: 't0ken' },
      variables: { OIDC_TOKEN: { value: 'jwt', isSecret: true } },
    });
  });

  test('asks for a plain 401 when it is told to', async () => {
    const service = await startScriptedService();
    await openTestAzure(service, { suppressSignInRedirect: true }).azure.startRun(order);
    expect(service.seen[0]?.headers['x-tfs-fedauthredirect']).toBe('Suppress');
  });

  test('takes an organization with a slash at its end', async () => {
    const { organizationUrl, seen } = await startScriptedService();
    await openTestAzure({ organizationUrl: `${organizationUrl}/` }).azure.startRun(order);
    expect(seen[0]?.path).toBe(runs);
  });

  test.each([
    ['/team/the%20project/_build/results?buildId=42&view=results', true],
    ['http://elsewhere.example/team', false],
    ['javascript:alert(1)', false],
    ['https://dev.azure.com.evil.example/team', false],
    ['not a link', false],
    [7, false],
  ])('gives the link %s to people: %s', async (link, taken) => {
    const origin: { url?: string } = {};
    const service = await startScriptedService(() => {
      const href = typeof link === 'string' && link.startsWith('/') ? `${origin.url}${link}` : link;
      return { body: runOf(42, { _links: { web: { href } } }) };
    });
    origin.url = new URL(service.organizationUrl).origin;
    const { url } = await openTestAzure(service).azure.startRun(order);
    const own = `${service.organizationUrl}/the%20project/_build/results?buildId=42`;
    expect(url).toBe(taken ? `${origin.url}${link}` : own);
  });

  test('that nobody listens to is tried again, and was surely not started', async () => {
    const { url, close } = await startLocalServer(() => undefined);
    await close();
    const { azure, waits } = openTestAzure({ organizationUrl: `${url.href}team` });
    const error = await failureOf(azure.startRun(order));
    expect(error).toMatchObject({
      code: 'azure.unavailable',
      message: expect.stringMatching(/ECONNREFUSED/),
    });
    expect([isUncertain(error), waits.length]).toEqual([false, 4]);
  });

  test('that is throttled waits as long as it was told, and starts one run', async () => {
    const throttled: Reply = { status: 429, headers: { 'retry-after': '7' } };
    const service = await startScriptedService((_, count) => (count < 3 ? throttled : undefined));
    const { azure, waits } = openTestAzure(service);
    expect(await azure.startRun(order)).toMatchObject({ id: 42 });
    expect(waits).toEqual([7000, 7000]);
  });

  test.each<[string, Reply]>([
    ['no JSON', { body: '{"id":4' }],
    ['nothing', { status: 204 }],
    ['a run without a number', { body: runOf(0) }],
    ['a list', { body: [] }],
    ['a gateway that gave up', { status: 504, ...{ body: 'x', headers: { 'content-type': 'text/html' } } }],
  ])('that is answered with %s may have been started', async (_, reply) => {
    const service = await startScriptedService(() => reply);
    const { azure, waits } = openTestAzure(service);
    const error = await failureOf(azure.startRun(order));
    expect(isUncertain(error)).toBe(true);
    expect(error).toMatchObject({
      code: 'azure.unavailable',
      details: { method: 'POST', uncertain: true },
      hint: 'the run may have been started: look for it before another one is started',
    });
    expect([service.seen.length, waits]).toEqual([1, []]);
  });

  test('that is cancelled ends as cancelled', async () => {
    const controller = new AbortController();
    const service = await startScriptedService(() => {
      controller.abort('SIGTERM');
      return { end: 'silence' };
    });
    const work = openTestAzure(service).azure.startRun(order, controller.signal);
    expect(await failureOf(work)).toMatchObject({ code: 'cancelled', details: { signal: 'SIGTERM' } });
  });
});
