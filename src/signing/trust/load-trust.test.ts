import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { type Chain, issue, issueChain } from '../../../test/fakes/signing/certificates.ts';
import {
  openTimestampAuthority,
  type TimestampAuthority,
} from '../../../test/fakes/signing/timestamp-authority.ts';
import type { Repository } from '../../oci/index.ts';
import { loadTrust, policyFor } from './load-trust.ts';

const policy = {
  name: 'one',
  registryScopes: ['reg.example/a/one'],
  signatureVerification: { level: 'strict' },
  trustStores: ['ca:kyma'],
  trustedIdentities: ['*'],
};

let chain: Chain;
let tsa: TimestampAuthority;

beforeAll(async () => {
  [chain, tsa] = await Promise.all([issueChain(), openTimestampAuthority()]);
});

type Content = string | Uint8Array | { readonly linkTo: string };

/** A folder with a trust policy and files in the trust store `ca:kyma`. */
function folderWith(files: Readonly<Record<string, Content>>, policies: unknown = [policy]): string {
  const directory = mkdtempSync(join(tmpdir(), 'image-builder-trust-'));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  writeFileSync(
    join(directory, 'trustpolicy.json'),
    JSON.stringify({ version: '1.0', trustPolicies: policies }),
  );
  for (const [name, content] of Object.entries(files)) {
    const path = join(directory, 'truststore/x509', name);
    mkdirSync(dirname(path), { recursive: true });
    if (typeof content === 'string' || content instanceof Uint8Array) writeFileSync(path, content);
    else symlinkSync(content.linkTo, path);
  }
  return directory;
}

const pem = (...identities: readonly { certificate: Chain['root']['certificate'] }[]) =>
  identities.map(({ certificate }) => `${certificate.toString('pem')}\n`).join('');
const subjects = (certificates: readonly { subject: string }[] | undefined) =>
  certificates?.map(({ subject }) => subject);
const problemsOf = async (directory: string) => {
  const error = await loadTrust({ directory }).then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toMatchObject({ code: 'config.invalid' });
  const { problems } = (error as { details: { problems: { source: string; message: string }[] } }).details;
  return problems.map(({ source, message }) => `${source.slice(directory.length)}: ${message}`);
};

describe('loadTrust', () => {
  test('reads PEM with several certificates, DER, and any file name', async () => {
    const directory = folderWith(
      {
        'ca/kyma/a.pem': `comment\n${pem(chain.root, chain.intermediate)}`,
        'ca/kyma/b.cer': new Uint8Array(tsa.root.certificate.rawData),
        'tsa/ts/root': pem(tsa.root),
      },
      [{ ...policy, trustStores: ['ca:kyma', 'tsa:ts'] }],
    );
    const [read] = (await loadTrust({ directory })).policies;
    expect(subjects(read?.stores.ca)).toEqual([
      'C=DE, O=Test, CN=Root',
      'C=DE, O=Test, CN=Intermediate',
      'C=DE, O=Test, CN=TSA Root',
    ]);
    expect(subjects(read?.stores.tsa)).toEqual(['C=DE, O=Test, CN=TSA Root']);
    expect(read?.stores.signingAuthority).toEqual([]);
  });

  test('finds the policy of a repository, else the one for every repository', async () => {
    const directory = folderWith({ 'ca/kyma/root.pem': pem(chain.root) }, [
      { ...policy, name: 'rest', registryScopes: ['*'] },
      { ...policy, registryScopes: ['reg.example/a/one', 'docker.io/library/x'] },
    ]);
    const trust = await loadTrust({ directory });
    const name = (repository: Repository) => policyFor(trust, repository)?.name;
    expect(name({ registry: 'reg.example', path: 'a/one' })).toBe('one');
    expect(name({ registry: 'index.docker.io', path: 'library/x' })).toBe('one');
    expect(name({ registry: 'reg.example', path: 'a/one/more' })).toBe('rest');
    expect(name({ registry: 'reg.example:443', path: 'a/one' })).toBe('rest');
  });

  test('has no policy for a repository that nobody named', async () => {
    const trust = await loadTrust({ directory: folderWith({ 'ca/kyma/root.pem': pem(chain.root) }) });
    expect(policyFor(trust, { registry: 'reg.example', path: 'a' })).toBeUndefined();
    expect(policyFor(trust, { registry: 'index.docker.io', path: 'reg.example/a' })).toBeUndefined();
  });

  test.each([
    ['no store', {}, '/truststore/x509/ca/kyma: trust store "ca:kyma": the trust store does not exist'],
    ['a link as a store', { 'ca/kyma': { linkTo: tmpdir() } }, 'a trust store must be a folder'],
    ['a file as a store', { 'ca/kyma': 'x' }, 'a trust store must be a folder'],
    [
      'a link in a store',
      { 'ca/kyma/root.pem': { linkTo: '/dev/null' } },
      '/root.pem: trust store "ca:kyma": a trust store holds files only',
    ],
    [
      'a folder in a store',
      { 'ca/kyma/more/root.pem': 'x' },
      '/more: trust store "ca:kyma": a trust store holds files only',
    ],
    ['a file that is no certificate', { 'ca/kyma/README': 'hello' }, 'is no certificate in PEM or DER'],
    ['an empty file', { 'ca/kyma/root.pem': '' }, 'is no certificate in PEM or DER'],
    [
      'a key in a store',
      { 'ca/kyma/key.pem': '-----BEGIN PRIVATE KEY-----\nAA==\n-----END PRIVATE KEY-----\n' },
      'has a "PRIVATE KEY", expected certificates only',
    ],
    [
      'a certificate cut off',
      { 'ca/kyma/root.pem': '-----BEGIN CERTIFICATE-----\nAAAA\n' },
      'has a certificate that is cut off',
    ],
  ] as const)('%s is a problem', async (_, files, message) => {
    expect((await problemsOf(folderWith(files))).join('\n')).toContain(message);
  });

  test('a leaf of somebody is no trust anchor, a self-signed one is', async () => {
    const problems = await problemsOf(folderWith({ 'ca/kyma/leaf.pem': pem(chain.leaf) }));
    expect(problems.join()).toContain('is neither an authority nor self-signed');
    const own = await issue({});
    const trust = await loadTrust({ directory: folderWith({ 'ca/kyma/own.pem': pem(own) }) });
    expect(trust.policies[0]?.stores.ca).toHaveLength(1);
  });

  test('timestamping authorities are trusted by their roots alone', async () => {
    const policies = [{ ...policy, trustStores: ['ca:kyma', 'tsa:ts'] }];
    const root = { 'ca/kyma/root.pem': pem(chain.root) };
    const intermediate = folderWith({ ...root, 'tsa/ts/a.pem': pem(chain.intermediate) }, policies);
    expect((await problemsOf(intermediate)).join()).toContain('is not the root of timestamping authorities');
  });

  test('problems of the policy and of every store are told at once', async () => {
    const directory = folderWith({ 'ca/kyma/README': 'hello', 'ca/kyma/more/x': 'x' }, [
      { ...policy, name: '', trustStores: ['ca:kyma', 'ca:missing'] },
    ]);
    const problems = await problemsOf(directory);
    expect(problems).toHaveLength(4);
    expect(problems[0]).toBe('/trustpolicy.json: every trust policy needs a name');
  });

  test('a trust policy that is not there says where it should be', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'image-builder-trust-'));
    onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
    await expect(loadTrust({ directory })).rejects.toMatchObject({
      code: 'config.not-found',
      details: { path: join(directory, 'trustpolicy.json') },
      hint: expect.stringContaining('notation'),
    });
  });

  test.each([
    ['no JSON', '{', 'the trust policy is not JSON'],
    ['one name twice', '{"version":"1.0","version":"1.0"}', 'the same name twice'],
  ])('%s is a problem', async (_, text, message) => {
    const directory = folderWith({});
    writeFileSync(join(directory, 'trustpolicy.json'), text);
    expect((await problemsOf(directory)).join()).toContain(message);
  });

  test('a link instead of a trust policy is refused', async () => {
    const directory = folderWith({});
    const other = join(directory, 'other.json');
    writeFileSync(other, '{}');
    rmSync(join(directory, 'trustpolicy.json'));
    symlinkSync(other, join(directory, 'trustpolicy.json'));
    expect(await problemsOf(directory)).toEqual(['/trustpolicy.json: the trust policy must be a file']);
  });
});
