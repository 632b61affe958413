import { createPrivateKey, X509Certificate } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { subjectAttributes } from '../certificates/subject.ts';
import { localKey } from '../keys/local-key.ts';
import { createDevelopmentKeys, type DevelopmentKeysOptions } from './create-development-keys.ts';
import { keyAlgorithms } from './issue-certificate.ts';

const now = new Date('2026-03-04T05:06:07.890Z');
const subject = 'C=DE, ST=BW, O=Example\\, Inc., CN=signer';

async function emptyDirectory(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'keys-'));
  onTestFinished(() => rm(directory, { recursive: true }));
  return directory;
}

async function create(options: Partial<DevelopmentKeysOptions> = {}) {
  const directory = options.directory ?? (await emptyDirectory());
  const files = await createDevelopmentKeys({
    directory,
    now,
    subject,
    days: 30,
    algorithm: 'P-256',
    ...options,
  });
  const read = (path: string) => readFile(join(directory, path), 'utf8');
  return { directory, files, read };
}

describe('development keys', () => {
  test.each(keyAlgorithms)('of kind %s are fit to sign', async (algorithm) => {
    const { directory } = await create({ algorithm });
    const path = (name: string) => join(directory, 'signing', name);
    const files = { signer: 's', keyPath: path('key.pem'), chainPath: path('chain.pem') };
    const { key, warnings } = await localKey(files, () => now).open();
    expect(key.spec.name.replace(' ', '-')).toBe(algorithm);
    expect(warnings).toEqual([]);
    const [leaf] = key.chain;
    expect(leaf && Object.fromEntries(subjectAttributes(leaf))).toEqual({
      C: ['DE'],
      ST: ['BW'],
      O: ['Example, Inc.'],
      CN: ['signer'],
    });
  });

  test('are trusted by the policy that is made with them', async () => {
    const { read } = await create({ scopes: ['localhost:5000/team/app'] });
    const root = await read('notation/truststore/x509/ca/development/root.pem');
    expect(await read('signing/chain.pem')).toContain(root);
    expect(JSON.parse(await read('notation/trustpolicy.json'))).toEqual({
      version: '1.0',
      trustPolicies: [
        {
          name: 'development',
          registryScopes: ['localhost:5000/team/app'],
          signatureVerification: { level: 'strict' },
          trustStores: ['ca:development'],
          trustedIdentities: ['x509.subject: C=DE, ST=BW, O=Example\\, Inc., CN=signer'],
        },
      ],
    });
  });

  test('are trusted everywhere when no repository is named', async () => {
    const { trustPolicies } = JSON.parse(await (await create()).read('notation/trustpolicy.json'));
    expect(trustPolicies[0].registryScopes).toEqual(['*']);
  });

  test('are valid from an hour ago for the days that were asked for', async () => {
    const leaf = new X509Certificate(await (await create({ days: 2 })).read('signing/chain.pem'));
    expect(leaf.validFromDate.toISOString()).toBe('2026-03-04T04:06:07.000Z');
    expect(leaf.validToDate.toISOString()).toBe('2026-03-06T05:06:07.000Z');
  });

  test('of signing, service and client are of separate authorities', async () => {
    const { read } = await create({ hosts: ['sign.example.com', '192.0.2.1'] });
    const certificate = async (path: string) => new X509Certificate(await read(path));
    const service = await certificate('service/certificate.pem');
    const roots = ['notation/truststore/x509/ca/development/root.pem', 'client/service-ca.pem'];
    const [signingRoot, serviceRoot, clientRoot] = await Promise.all(
      [...roots, 'service/client-ca.pem'].map(certificate),
    );
    const issuedBy = (root?: X509Certificate) => root !== undefined && service.checkIssued(root);
    expect([signingRoot, serviceRoot, clientRoot].map(issuedBy)).toEqual([false, true, false]);
    expect(service.subjectAltName).toBe(
      'DNS:localhost, IP Address:127.0.0.1, IP Address:0:0:0:0:0:0:0:1, DNS:sign.example.com, IP Address:192.0.2.1',
    );
    const secret = JSON.parse(await read('client/signify-secret.json'));
    const decoded = (text: string) => Buffer.from(text, 'base64').toString();
    const client = new X509Certificate(decoded(secret.certData));
    expect(client.checkPrivateKey(createPrivateKey(decoded(secret.privateKeyData)))).toBe(true);
    expect(clientRoot && client.checkIssued(clientRoot)).toBe(true);
    expect([service.keyUsage, client.keyUsage]).toEqual([['1.3.6.1.5.5.7.3.1'], ['1.3.6.1.5.5.7.3.2']]);
  });

  test('are kept from everybody else, and the keys of the authorities are not kept at all', async () => {
    const { directory, files } = await create();
    const mode = async (path: string) => ((await stat(path)).mode & 0o777).toString(8);
    const entries = await readdir(directory, { recursive: true, withFileTypes: true });
    const paths = (directories: boolean) =>
      entries.filter((entry) => entry.isDirectory() === directories).map((e) => join(e.parentPath, e.name));
    expect(paths(false).toSorted()).toEqual(files.map(({ path }) => path).toSorted());
    for (const path of [directory, ...paths(true)]) expect([path, await mode(path)]).toEqual([path, '700']);
    for (const { path, secret } of files) {
      const text = await readFile(path, 'utf8');
      expect([path, text.includes('PRIVATE KEY') || text.includes('privateKeyData')]).toEqual([path, secret]);
      if (secret) expect([path, await mode(path)]).toEqual([path, '600']);
    }
    expect(files.filter(({ secret }) => secret)).toHaveLength(3);
  });

  test('never take the place of something', async () => {
    const directory = await emptyDirectory();
    await writeFile(join(directory, 'mine'), 'precious');
    await expect(create({ directory })).rejects.toMatchObject({
      code: 'usage.invalid',
      message: `directory "${directory}" is not empty`,
    });
    expect(await readdir(directory)).toEqual(['mine']);
  });

  test('cannot be made where a file is', async () => {
    const directory = await emptyDirectory();
    await writeFile(join(directory, 'file'), '');
    await expect(create({ directory: join(directory, 'file') })).rejects.toMatchObject({
      code: 'usage.invalid',
      details: { argument: 'directory' },
    });
  });

  test('close a directory that was open to others', async () => {
    const directory = join(await emptyDirectory(), 'open');
    await mkdir(directory, { mode: 0o755 });
    await create({ directory });
    expect((await stat(directory)).mode & 0o777).toBe(0o700);
  });

  test.each([
    ['a text that is no subject', { subject: 'me' }, 'subject "me" cannot be read'],
    ['a subject that no policy can name', { subject: 'CN=me' }, 'subject "CN=me" lacks C, ST, O'],
    [
      'a subject with an attribute twice',
      { subject: `${subject}, CN=other` },
      `subject ${JSON.stringify(`${subject}, CN=other`)} has "CN" twice, or is not to have it at all`,
    ],
    [
      'a subject with an attribute that no policy knows',
      { subject: `${subject}, DC=org` },
      /has "DC" twice, or is not to have it at all$/,
    ],
    [
      'a country by its name',
      { subject: 'C=Germany, ST=BW, O=x, CN=y' },
      'expected a country of two capital letters, got "Germany"',
    ],
    ['no day', { days: 0 }, 'expected whole days from 1 to 3650, got 0'],
    ['half a day', { days: 0.5 }, 'expected whole days from 1 to 3650, got 0.5'],
  ])('are not made for %s', async (_, options, message) => {
    const directory = await emptyDirectory();
    await expect(create({ directory, ...options })).rejects.toMatchObject({
      code: 'usage.invalid',
      message: typeof message === 'string' ? message : expect.stringMatching(message),
    });
    expect(await readdir(directory)).toEqual([]);
  });
});
