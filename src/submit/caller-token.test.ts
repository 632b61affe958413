import { describe, expect, test } from 'vitest';
import { openTestHttp, serve } from '../../test/fakes/registry/open-http.ts';
import { Secret } from '../core/index.ts';
import { requestAudience } from '../identity/index.ts';
import { type CallerTokenOptions, callerToken } from './caller-token.ts';
import { request } from './run-for-test.ts';

type Identity = NonNullable<CallerTokenOptions['identity']>;

const issuer = (githubUrl: string, audience: object) =>
  ({ kind: 'github', name: githubUrl, githubUrl, audience }) as unknown as Identity['issuers'][number];
const identity = {
  issuers: [
    issuer('https://ghe.example', { kind: 'static', value: 'image-builder' }),
    issuer('https://github.com', { kind: 'bound' }),
  ],
} as unknown as Identity;

async function ask(more: Partial<CallerTokenOptions>) {
  const { http } = openTestHttp();
  const options = { environment: {}, host: 'github.com', isGithub: true, given: undefined, http, identity };
  return (await callerToken(request, { ...options, ...more }, new AbortController().signal)).reveal();
}

describe('the token of the caller', () => {
  test('is the one that was given, before that of the environment', async () => {
    const environment = { AUTHORIZATION: 'of-the-environment' };
    expect(await ask({ environment, given: new Secret('given') })).toBe('given');
    expect(await ask({ environment })).toBe('of-the-environment');
  });

  test.each([
    ['the request, where its issuer wants that', 'github.com', identity, requestAudience(request)],
    ['what its issuer is configured with', 'ghe.example', identity, 'image-builder'],
    ['the request, where nobody knows its issuer', 'other.example', identity, requestAudience(request)],
    ['the request, where no identity is configured', 'github.com', undefined, requestAudience(request)],
  ])('is asked for in a GitHub job, for %s', async (_, host, known, audience) => {
    const seen: (string | undefined)[] = [];
    const { url } = await serve(({ url: path }, response) => {
      seen.push(path);
      response.writeHead(200).end('{"value":"a.b.c"}');
    });
    const environment = {
      ACTIONS_ID_TOKEN_REQUEST_URL: new URL('/token?v=1', url).href,
      ACTIONS_ID_TOKEN_REQUEST_TOKEN: 'right',
    };
    expect(await ask({ environment, host, identity: known })).toBe('a.b.c');
    expect(seen).toEqual([`/token?v=1&audience=${encodeURIComponent(audience)}`]);
  });

  test('is missed elsewhere', async () => {
    await expect(ask({ isGithub: false })).rejects.toMatchObject({
      code: 'usage.invalid',
      hint: expect.stringContaining('AUTHORIZATION'),
    });
  });
});
