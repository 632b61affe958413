import { writeFile } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import { createTestPki, secretText, writeTestFile } from '../../../test/fakes/signify/test-pki.ts';
import { readSignifyCredentials } from './signify-credentials.ts';

const { clients, anna, stranger } = await createTestPki();
const rsa = await clients.issue({ name: 'rsa', purpose: 'client', keys: 'RSA' });
const now = new Date();
const day = 86_400_000;
const base64 = (text: string) => Buffer.from(text).toString('base64');

async function fileWith(content: string) {
  return { signer: 'signify', path: await writeTestFile('secret.json', content) };
}

describe('the secret file', () => {
  test.each([
    ['EC', anna],
    ['RSA', rsa],
  ])('gives the certificate with its chain, and the %s key', async (_, identity) => {
    const found = await readSignifyCredentials(await fileWith(secretText(identity)), now);
    expect(found.certificate).toBe(identity.cert);
    expect(found.key.reveal()).toBe(identity.key);
    expect(`${found.key}`).toBe('[secret]');
    expect(found.validUntil.getTime()).toBeGreaterThan(now.getTime() + 300 * day);
  });

  test('may have line breaks in its base64', async () => {
    const certData = base64(anna.cert).replace(/.{64}/g, '$&\n');
    const content = JSON.stringify({ certData, privateKeyData: base64(anna.key) });
    expect((await readSignifyCredentials(await fileWith(content), now)).certificate).toBe(anna.cert);
  });

  test.each([
    ['nothing', '', /the content is not JSON$/],
    ['the key itself', anna.key, /the content is not JSON$/],
    ['a list', '[]', /"certData" is missing or not base64$/],
    ['null', 'null', /the content is no JSON object$/],
    ['no key', JSON.stringify({ certData: base64(anna.cert) }), /"privateKeyData" is missing or not base64$/],
    [
      'PEM that is not encoded',
      JSON.stringify({ certData: anna.cert, privateKeyData: anna.key }),
      /"certData" is missing or not base64$/,
    ],
    [
      'a number for the key',
      JSON.stringify({ certData: base64(anna.cert), privateKeyData: 1 }),
      /"privateKeyData" is missing or not base64$/,
    ],
    [
      'the two the other way round',
      secretText({ cert: anna.key, key: anna.cert }),
      /"certData" holds no certificate that can be read$/,
    ],
    [
      'a key that is cut off',
      secretText({ ...anna, key: anna.key.slice(0, 100) }),
      /"privateKeyData" holds no private key that can be read$/,
    ],
    [
      'the key of somebody else',
      secretText({ ...anna, key: stranger.key }),
      /the private key does not belong to the certificate$/,
    ],
    ['very much', JSON.stringify({ certData: 'A'.repeat(2_000_000) }), /is larger than 1 MB$/],
  ])('with %s is refused, and nothing of it is told', async (_, content, message) => {
    const file = await fileWith(content);
    const error: unknown = await readSignifyCredentials(file, now).catch((caught: unknown) => caught);
    expect(error).toMatchObject({
      code: 'signing.failed',
      message: expect.stringMatching(message),
      details: { signer: 'signify', failed: [file.path] },
      hint: expect.any(String),
    });
    expect(error).not.toHaveProperty('cause');
    expect(String(error)).toContain(`signer "signify": secret file "${file.path}"`);
    expect(JSON.stringify(error) + String(error)).not.toMatch(/BEGIN|MII|AAAA/);
  });

  test('that is not there is named', async () => {
    const file = { signer: 'signify', path: '/nowhere/secret.json' };
    await expect(readSignifyCredentials(file, now)).rejects.toMatchObject({
      code: 'signing.failed',
      message: expect.stringMatching(/secret file "\/nowhere\/secret.json": cannot be read: ENOENT/),
    });
  });

  test('with a certificate that expired, or is not valid yet, is refused', async () => {
    const week = { notBefore: new Date(now.getTime() - 7 * day), notAfter: now };
    const short = await clients.issue({ name: 'short', purpose: 'client', ...week });
    const file = await fileWith(secretText(short));
    const at = (offset: number) => readSignifyCredentials(file, new Date(now.getTime() + offset));
    await expect(at(-day)).resolves.toMatchObject({ certificate: short.cert });
    await expect(at(1000)).rejects.toThrow(/the certificate expired at .*Z, now is .*Z$/);
    await expect(at(-8 * day)).rejects.toThrow(/the certificate is valid from .*Z, now is .*Z$/);
  });

  test('is read anew each time', async () => {
    const file = await fileWith(secretText(anna));
    expect((await readSignifyCredentials(file, now)).certificate).toBe(anna.cert);
    await writeFile(file.path, secretText(rsa));
    expect((await readSignifyCredentials(file, now)).certificate).toBe(rsa.cert);
  });
});
