import { inspect } from 'node:util';
import { describe, expect, test } from 'vitest';
import {
  type Reply,
  type Script,
  startScriptedService,
} from '../../test/fakes/azure-devops/scripted-service.ts';
import { openTestHttp } from '../../test/fakes/registry/open-http.ts';
import { ImageBuilderError, Secret } from '../core/index.ts';
import { entraCredential } from './entra-credential.ts';
import type { EntraProof } from './request-entra-token.ts';

const start = Date.parse('2026-03-04T05:06:07Z');
const path = '/tenant/oauth2/v2.0/token';
const secretProof: EntraProof = { kind: 'secret', secret: new Secret('cl1ent~s3cret') };

async function openEntra(script?: Script, proof = secretProof) {
  const service = await startScriptedService(script);
  const { http, waits } = openTestHttp();
  const time = { now: start };
  const credential = entraCredential({
    http,
    clock: () => new Date(time.now),
    tenantId: 'tenant',
    clientId: 'client',
    proof,
    authorityUrl: `${new URL(service.organizationUrl).origin}/`,
  });
  return { credential, service, time, waits };
}

/** A new token for each request. */
const numbered =
  (more: object = {}): Script =>
  (_, count) => ({
    body: { token_type: 'Bearer', expires_in: 3599, access_token: `t${count}`, ...more },
  });

const refusal = (number: number, words: string, error = 'invalid_client'): Reply => ({
  status: 401,
  headers: { 'x-ms-request-id': '0f5c2a3e-1111-4222-8333-444455556666' },
  body: {
    error,
    error_description: `AADSTS${number}: ${words}\r\nTrace ID: 1\r\nCorrelation ID: 2`,
    error_codes: [number],
  },
});

describe('a token of Entra', () => {
  test('is asked for with the client secret', async () => {
    const { credential, service } = await openEntra();
    const authorization = await credential.authorization(undefined);
    expect([authorization.reveal(), String(authorization)]).toEqual(['Bearer entra-t0ken', '[secret]']);
    expect(service.seen).toHaveLength(1);
    expect(service.seen[0]?.path).toBe(path);
    expect(Object.fromEntries(new URLSearchParams(service.seen[0]?.body))).toEqual({
      client_id: 'client',
      scope: '499b84ac-1321-427f-aa17-267ca6975798/.default',
      grant_type: 'client_credentials',
      client_secret: 'cl1ent~s3cret',
    });
  });

  test('is asked for with a new assertion each time', async () => {
    let count = 0;
    const assertion = async () => new Secret(`assertion-${++count}`);
    const { credential, service, time } = await openEntra(undefined, { kind: 'assertion', assertion });
    await credential.authorization(undefined);
    time.now += 3_600_000;
    await credential.authorization(undefined);
    const bodies = service.seen.map(({ body }) => Object.fromEntries(new URLSearchParams(body)));
    expect(bodies).toMatchObject([
      {
        client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
        client_assertion: 'assertion-1',
      },
      { client_assertion: 'assertion-2' },
    ]);
    expect(bodies[0]).not.toHaveProperty('client_secret');
  });

  test.each([
    [3599, 3298, 1],
    [3599, 3300, 2],
    ['3599', 3300, 2],
    [120, 59, 1],
    [120, 61, 2],
    [undefined, 299, 1],
    [undefined, 301, 2],
  ])('that lives %s s is, after %d s, number %d', async (lifetime, seconds, number) => {
    const { credential, time } = await openEntra(numbered({ expires_in: lifetime }));
    await credential.authorization(undefined);
    time.now += seconds * 1000;
    expect((await credential.authorization(undefined)).reveal()).toBe(`Bearer t${number}`);
  });

  test('is used until its end while Entra cannot be reached, and no longer', async () => {
    const good = numbered();
    const { credential, time } = await openEntra((call, count) =>
      count === 1 ? good(call, count) : { status: 503 },
    );
    await credential.authorization(undefined);
    time.now += 3_590_000;
    expect((await credential.authorization(undefined)).reveal()).toBe('Bearer t1');
    time.now += 10_000;
    await expect(credential.authorization(undefined)).rejects.toMatchObject({ code: 'azure.unavailable' });
  });

  test('is used until its end while there is no assertion to be had', async () => {
    const details = { issuer: 'GitHub', url: 'https://token.example' };
    const noAssertion = new ImageBuilderError('identity.unavailable', 'GitHub does not answer', details);
    let isDown = false;
    const assertion = async () => (isDown ? Promise.reject(noAssertion) : new Secret('assertion'));
    const { credential, time } = await openEntra(undefined, { kind: 'assertion', assertion });
    const first = await credential.authorization(undefined);
    isDown = true;
    time.now += 3_500_000;
    expect(await credential.authorization(undefined)).toBe(first);
    time.now += 100_000;
    await expect(credential.authorization(undefined)).rejects.toThrow(noAssertion);
  });

  test('is asked for once by all who need it together', async () => {
    const { credential, service } = await openEntra(numbered());
    const found = await Promise.all([1, 2, 3].map(() => credential.authorization(undefined)));
    expect(new Set(found).size).toBe(1);
    const [old = new Secret('')] = found;
    const renewed = await Promise.all([1, 2, 3].map(() => credential.renewed(old, undefined)));
    expect(renewed.map((one) => one?.reveal())).toEqual(['Bearer t2', 'Bearer t2', 'Bearer t2']);
    expect((await credential.renewed(old, undefined))?.reveal()).toBe('Bearer t2');
    expect(service.seen).toHaveLength(2);
  });

  test('goes on for the others when one of them is cancelled', async () => {
    const controller = new AbortController();
    const good = numbered();
    const { credential } = await openEntra((call, count) => {
      controller.abort('SIGINT');
      return good(call, count);
    });
    const cancelled = credential.authorization(controller.signal);
    const other = credential.authorization(undefined);
    await expect(cancelled).rejects.toMatchObject({ code: 'cancelled', details: { signal: 'SIGINT' } });
    expect((await other).reveal()).toBe('Bearer t1');
  });

  test('is not waited for when all are cancelled, and asked for anew later', async () => {
    const controller = new AbortController();
    const good = numbered();
    const { credential, service } = await openEntra((call, count) => {
      if (count > 1) return good(call, count);
      controller.abort('SIGINT');
      return { end: 'silence' };
    });
    const work = credential.authorization(controller.signal);
    await expect(work).rejects.toMatchObject({ code: 'cancelled' });
    expect((await credential.authorization(undefined)).reveal()).toBe('Bearer t2');
    expect(service.seen).toHaveLength(2);
  });
});

describe('a refusal of Entra', () => {
  async function refusalOf(reply: Reply) {
    const entra = await openEntra(() => reply);
    const error: unknown = await entra.credential.authorization(undefined).catch((caught: unknown) => caught);
    return { ...entra, error, url: `${new URL(entra.service.organizationUrl).origin}${path}` };
  }

  test.each([
    [700213, 'No matching federated identity record found for subject "x"', /add a federated credential/],
    [7000215, 'Invalid client secret provided', /client secret/],
    [90002, "Tenant 'x' not found", /tenant id/],
    [53003, 'Access has been blocked', undefined],
  ])('with the number %d says the first line, and is final', async (number, words, hint) => {
    const { error, url, service } = await refusalOf(refusal(number, words));
    expect(error).toMatchObject({
      code: 'azure.refused',
      message: `POST ${url}: 401 invalid_client "AADSTS${number}: ${words}" (activity 0f5c2a3e-1111-4222-8333-444455556666)`,
      details: { status: 401, typeKey: 'invalid_client' },
      hint: hint === undefined ? undefined : expect.stringMatching(hint),
    });
    expect(service.seen).toHaveLength(1);
  });

  test('because a federated credential is new passes', async () => {
    const good = numbered();
    const { credential, waits } = await openEntra((call, count) =>
      count < 3 ? refusal(70021, 'No matching federated identity record found') : good(call, count),
    );
    expect((await credential.authorization(undefined)).reveal()).toBe('Bearer t3');
    expect(waits).toHaveLength(2);
  });

  test('because a federated credential is missing ends as refused', async () => {
    const { error, service } = await refusalOf(refusal(70021, 'No matching federated identity record'));
    expect(error).toMatchObject({
      code: 'azure.refused',
      message: expect.stringMatching(/401 invalid_client "AADSTS70021: .* \(5 attempts\)$/),
      hint: expect.stringMatching(/federated credential/),
    });
    expect(service.seen).toHaveLength(5);
  });

  test.each<[string, Reply]>([
    ['no token', { body: { token_type: 'Bearer' } }],
    ['a token of another kind', { body: { token_type: 'pop', access_token: 'x' } }],
    ['a token that is none', { body: { token_type: 'Bearer', access_token: 'a\r\nb' } }],
    ['null', { body: null }],
  ])('is an answer with %s, too', async (_, reply) => {
    const { error } = await refusalOf(reply);
    expect(error).toMatchObject({
      code: 'azure.refused',
      message: expect.stringMatching(/an answer without a bearer token$/),
    });
  });

  test.each([400, 401, 429, 503])('with %s that repeats what it was sent tells no secret', async (status) => {
    const proof: EntraProof = { kind: 'assertion', assertion: async () => new Secret('ass3rtion+/=') };
    const { credential } = await openEntra(
      ({ body }) => ({
        status,
        body: { error: 'ass3rtion', error_description: `AADSTS1: ass3rtion+/= ${body}` },
      }),
      proof,
    );
    const error: unknown = await credential.authorization(undefined).catch((caught: unknown) => caught);
    const everything = `${inspect(error, { depth: 9 })} ${JSON.stringify(error)} ${error}`;
    expect(everything).toContain('AADSTS1: [secret]');
    expect(everything).not.toMatch(/ass3rtion(?:\+|%)/);
  });
});
