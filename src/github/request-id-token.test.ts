import type { IncomingMessage } from 'node:http';
import { describe, expect, test } from 'vitest';
import { startTestIssuer, testAuthority } from '../../test/fakes/oidc-issuer/open-trust.ts';
import { openTestHttp, serve } from '../../test/fakes/registry/open-http.ts';
import { requestIdToken } from './index.ts';

const token = 'eyJhbGciOiJub25lIn0.e30.c2lnbmF0dXJl';
const requestToken = 'token-of-the-runner';

type Answer = readonly [status: number, body: string];
const good: Answer = [200, JSON.stringify({ count: 1, value: token })];

/** A server that answers with each in turn, and with the last from then on. */
async function stand(...answers: readonly Answer[]) {
  const seen: IncomingMessage[] = [];
  const { url } = await serve((request, response) => {
    const [status, body] = answers[Math.min(seen.length, answers.length - 1)] ?? good;
    seen.push(request);
    response.writeHead(status, { location: '/elsewhere' }).end(body);
  });
  const { http, waits } = openTestHttp();
  const environment = {
    ACTIONS_ID_TOKEN_REQUEST_URL: new URL('/token?api-version=2.0', url).href,
    ACTIONS_ID_TOKEN_REQUEST_TOKEN: requestToken,
  };
  return { seen, waits, http, environment };
}

describe('a token of a job', () => {
  test('is asked for with its audience and the right of the job', async () => {
    const { seen, http, environment } = await stand(good);
    const secret = await requestIdToken({ environment, http, audience: 'image-builder:sha256:0&x=y ä' });
    expect(secret.reveal()).toBe(token);
    expect(String(secret)).toBe('[secret]');
    expect(seen[0]?.url).toBe('/token?api-version=2.0&audience=image-builder%3Asha256%3A0%26x%3Dy%20%C3%A4');
    expect(seen[0]?.headers.authorization).toBe(`bearer ${requestToken}`);
  });

  test('has the audience that GitHub chooses when none is named', async () => {
    const { seen, http, environment } = await stand(good);
    await requestIdToken({ environment, http });
    expect(seen[0]?.url).toBe('/token?api-version=2.0');
  });

  test('comes over https, as that of a real issuer does', async () => {
    const issuer = await startTestIssuer();
    const { http } = openTestHttp({ tls: { ca: (await testAuthority()).ca } });
    const environment = {
      ACTIONS_ID_TOKEN_REQUEST_URL: issuer.requestUrl,
      ACTIONS_ID_TOKEN_REQUEST_TOKEN: issuer.requestToken,
    };
    const secret = await requestIdToken({ environment, http, audience: 'a:b' });
    const payload = Buffer.from(secret.reveal().split('.')[1] ?? '', 'base64url').toString();
    expect(JSON.parse(payload)).toMatchObject({ aud: 'a:b' });
  });

  test('is asked for again while GitHub is busy', async () => {
    const { seen, waits, http, environment } = await stand([502, ''], [503, ''], [504, ''], good);
    expect((await requestIdToken({ environment, http })).reveal()).toBe(token);
    expect([seen.length, waits.length]).toEqual([4, 3]);
  });
});

describe('without a token', () => {
  test.each([
    ['the answer 403', [403, 'no'], 'GitHub does not give out a token: it answers 403'],
    ['a redirect', [302, ''], 'GitHub does not give out a token: it answers 302'],
    ['a page', [200, '<html>'], 'GitHub does not give out a token: its answer holds none'],
    ['no value', [200, '{"count":0}'], 'GitHub does not give out a token: its answer holds none'],
    [
      'a value that is none',
      [200, '{"value":"x\\ny"}'],
      'GitHub does not give out a token: its answer holds none',
    ],
  ] as const)('%s is said and not repeated', async (_, answer, message) => {
    const { seen, http, environment } = await stand(answer);
    const request = requestIdToken({ environment, http, audience: 'a' });
    await expect(request).rejects.toMatchObject({ code: 'identity.unavailable', message });
    expect(seen).toHaveLength(1);
  });

  test('an outage that lasts ends in words that hold no secret', async () => {
    const { seen, http, environment } = await stand([503, requestToken]);
    const error = await requestIdToken({ environment, http, audience: 'a' }).catch(
      (thrown: unknown) => thrown,
    );
    expect(error).toMatchObject({ code: 'identity.unavailable', details: { issuer: 'GitHub' } });
    expect(String(error)).toMatch(/503 \(5 attempts\)$/);
    expect(JSON.stringify(error)).not.toContain(requestToken);
    expect(seen).toHaveLength(5);
  });

  test.each([[{ ACTIONS_ID_TOKEN_REQUEST_URL: undefined }], [{ ACTIONS_ID_TOKEN_REQUEST_TOKEN: '' }]])(
    'a job that may have none, %j, learns which permission it needs',
    async (changes) => {
      const { http, environment } = await stand(good);
      const request = requestIdToken({ environment: { ...environment, ...changes }, http });
      await expect(request).rejects.toMatchObject({
        code: 'usage.invalid',
        message: 'this job may not ask GitHub for a token',
        hint: expect.stringContaining('permissions: id-token: write'),
      });
    },
  );

  test.each(['http://tokens.example.com/', 'file:///etc/passwd', 'tokens'])(
    'the right of the job is not sent to %s',
    async (address) => {
      const { http, environment } = await stand(good);
      const changed = { ...environment, ACTIONS_ID_TOKEN_REQUEST_URL: address };
      await expect(requestIdToken({ environment: changed, http })).rejects.toMatchObject({
        code: 'usage.invalid',
        message: 'variable "ACTIONS_ID_TOKEN_REQUEST_URL" is no https address',
      });
    },
  );

  test('a cancelled job stops asking', async () => {
    const { http, environment } = await stand(good);
    const request = requestIdToken({ environment, http, signal: AbortSignal.abort('SIGINT') });
    await expect(request).rejects.toMatchObject({ code: 'cancelled' });
  });
});
