import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import {
  basicConstraints,
  type Chain,
  chainUnder,
  ecKeys,
  extendedKeyUsage,
  issueChain,
  issuedAt,
  keyUsage,
  purposes,
  rsaKeys,
} from '../../../test/fakes/signing/certificates.ts';
import { isFailure } from '../../core/index.ts';
import { verifyRaw } from './key-spec.ts';
import { localKey } from './local-key.ts';

const chain = await issueChain();
const pemOf = ({ certificates }: Pick<Chain, 'certificates'>) =>
  certificates.map((certificate) => certificate.toString('pem')).join('\n');
const keyOf = ({ leaf }: Chain) => String(leaf.privateKey.export({ type: 'pkcs8', format: 'pem' }));

interface Files {
  readonly key?: string;
  readonly chain?: string;
  readonly mode?: number;
}

/** Files of a key and its chain, right unless told otherwise, and gone after the test. */
function filesWith({ key = keyOf(chain), chain: certificates = pemOf(chain), mode = 0o600 }: Files = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'image-builder-key-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const files = { signer: 'own', keyPath: join(folder, 'tls.key'), chainPath: join(folder, 'chain.pem') };
  writeFileSync(files.keyPath, key);
  chmodSync(files.keyPath, mode);
  writeFileSync(files.chainPath, certificates);
  return files;
}

async function fault(files: Files, now = issuedAt): Promise<{ message: string; hint: string | undefined }> {
  try {
    await localKey(filesWith(files), () => now).open();
  } catch (error) {
    if (isFailure(error, 'signing.failed')) {
      expect(error.details.signer).toBe('own');
      expect(`${error.message} ${error.hint}`).not.toMatch(/[A-Za-z0-9+/]{60}/);
      return error;
    }
    throw error;
  }
  throw new Error('expected a fault');
}

const days = (count: number) => new Date(issuedAt.getTime() + count * 24 * 3600 * 1000);

describe('localKey', () => {
  test('opens a key that signs for the leaf of its chain', async () => {
    const { key, warnings } = await localKey(filesWith(), () => issuedAt).open();
    const data = Buffer.from('data');
    const signature = await key.sign(data);
    expect(warnings).toEqual([]);
    expect(key.chain.map(({ subject }) => subject)).toEqual(chain.certificates.map(({ subject }) => subject));
    expect(verifyRaw(key.spec, chain.leaf.privateKey, { data, signature })).toBe(true);
  });

  test.each(['sec1', 'pkcs8'] as const)(
    'reads an EC key in %s, with other blocks around it',
    async (type) => {
      const key = `-----BEGIN EC PARAMETERS-----\nBggqhkjOPQMBBw==\n-----END EC PARAMETERS-----\n${chain.leaf.privateKey.export({ type, format: 'pem' })}`;
      const opened = await localKey(filesWith({ key }), () => issuedAt).open();
      expect(opened.key.spec.name).toBe('P-256');
    },
  );

  test.each(['pkcs1', 'pkcs8'] as const)('reads an RSA key in %s', async (type) => {
    const rsa = await chainUnder(chain, { keys: await rsaKeys(2048) });
    const key = String(rsa.leaf.privateKey.export({ type, format: 'pem' }));
    const opened = await localKey(filesWith({ key, chain: pemOf(rsa) }), () => issuedAt).open();
    expect(opened.key.spec.name).toBe('RSA 2048');
  });

  test('takes one file that holds both', async () => {
    const files = filesWith({ key: `${keyOf(chain)}${pemOf(chain)}` });
    const { key } = await localKey({ ...files, chainPath: files.keyPath }, () => issuedAt).open();
    expect(key.chain).toHaveLength(3);
  });

  test('keeps what it has read until a file changes', async () => {
    const files = filesWith();
    const source = localKey(files, () => issuedAt);
    const first = await source.open();
    expect((await source.open()).key).toBe(first.key);
    const renewed = await chainUnder(chain, { keys: ecKeys('P-384') });
    writeFileSync(files.keyPath, keyOf(renewed));
    writeFileSync(files.chainPath, pemOf(renewed));
    expect((await source.open()).key.spec.name).toBe('P-384');
  });

  test('has the chain where the key is not', async () => {
    const files = filesWith();
    rmSync(files.keyPath);
    const source = localKey(files, () => issuedAt);
    expect(await source.chain()).toHaveLength(3);
    rmSync(files.chainPath);
    await expect(source.chain()).rejects.toMatchObject({ code: 'signing.failed' });
  });

  test('says when others can read the key, until they cannot', async () => {
    const files = filesWith({ mode: 0o640 });
    const source = localKey(files, () => issuedAt);
    const { warnings } = await source.open();
    expect(warnings).toEqual([
      expect.stringMatching(/"\/.*tls\.key" can be read by other users \(mode 0640\)/),
    ]);
    chmodSync(files.keyPath, 0o600);
    expect((await source.open()).warnings).toEqual([]);
  });

  test('warns two days before a certificate of the chain ends, each time it is opened', async () => {
    const soon = await chainUnder(chain, { notAfter: days(2) });
    const files = filesWith({ key: keyOf(soon), chain: pemOf(soon) });
    let now = issuedAt;
    const source = localKey(files, () => now);
    expect((await source.open()).warnings).toEqual([]);
    now = days(1);
    expect((await source.open()).warnings).toEqual([
      expect.stringMatching(/expire in 24 h 00 min, at .*renew/),
    ]);
    now = days(3);
    await expect(source.open()).rejects.toMatchObject({ code: 'signing.failed' });
  });
});

describe('localKey refuses', () => {
  test.each<readonly [string, Files, RegExp, RegExp]>([
    ['an empty key file', { key: '' }, /holds no private key, found nothing in PEM/, /PKCS#8/],
    ['a certificate as key', { key: pemOf(chain) }, /found "CERTIFICATE"/, /PKCS#8/],
    [
      'a public key',
      { key: String(ecKeys().publicKey.export({ type: 'spki', format: 'pem' })) },
      /found "PUBLIC KEY"/,
      /private key/,
    ],
    ['two keys', { key: keyOf(chain).repeat(2) }, /holds 2 private keys, expected one/, /keep only/],
    [
      'an encrypted key',
      {
        key: String(
          chain.leaf.privateKey.export({
            type: 'pkcs8',
            format: 'pem',
            cipher: 'aes-256-cbc',
            passphrase: 'x',
          }),
        ),
      },
      /is encrypted/,
      /openssl pkey/,
    ],
    [
      'a key that is encrypted in the old way',
      {
        key: String(
          chain.leaf.privateKey.export({
            type: 'sec1',
            format: 'pem',
            cipher: 'aes-256-cbc',
            passphrase: 'x',
          }),
        ),
      },
      /is encrypted/,
      /openssl pkey/,
    ],
    [
      'a key that is cut off',
      { key: keyOf(chain).replace(/\n[^\n]+\n-----END/, '\n-----END') },
      /cannot be read/,
      /PKCS#8/,
    ],
    ['no certificate', { chain: 'hello' }, /holds no certificate/, /leaf, intermediates, root/],
    [
      'a damaged certificate',
      { chain: pemOf(chain).replace('MII', 'MIJ') },
      /a certificate in ".*" cannot be read/,
      /PEM/,
    ],
    [
      'a chain without its root',
      { chain: pemOf({ certificates: chain.certificates.slice(0, 2) }) },
      /chain ends with "C=DE, O=Test, CN=Intermediate", which is not a self-signed root/,
      /root/,
    ],
    [
      'a chain in the wrong order',
      { chain: pemOf({ certificates: chain.certificates.toReversed() }) },
      /is not the last of the chain/,
      /in the order leaf/,
    ],
    [
      'the key of another certificate',
      { key: String(ecKeys().privateKey.export({ type: 'pkcs8', format: 'pem' })) },
      /does not belong to the leaf certificate/,
      /first certificate/,
    ],
  ])('%s', async (_, files, message, hint) => {
    expect(await fault(files)).toMatchObject({
      message: expect.stringMatching(message),
      hint: expect.stringMatching(hint),
    });
  });

  test.each([
    ['a leaf for servers', { extendedKeyUsage: extendedKeyUsage([purposes.serverAuth]) }, /serverAuth/],
    ['a leaf that is an authority', { basicConstraints: basicConstraints(true) }, /is an authority/],
    ['a leaf that may not sign', { keyUsage: keyUsage(['keyAgreement']) }, /digitalSignature/],
    ['a leaf with SHA-1', { hash: 'SHA-1' }, /SHA-1/],
    ['a leaf on P-224', { keys: ecKeys('P-224') }, /unsupported kind, expected one of RSA 2048/],
  ] as const)('%s', async (_, order, message) => {
    const wrong = await chainUnder(chain, order);
    expect(await fault({ key: keyOf(wrong), chain: pemOf(wrong) })).toMatchObject({
      message: expect.stringMatching(message),
      hint: expect.stringMatching(/issued anew/),
    });
  });

  test('certificates that are not valid yet or no more', async () => {
    expect(await fault({}, days(-2))).toMatchObject({ message: expect.stringMatching(/is valid from/) });
    expect(await fault({}, days(400))).toMatchObject({
      message: expect.stringMatching(/expired at .*, now is /),
      hint: expect.stringMatching(/renew/),
    });
  });

  test('files that are not there', async () => {
    const files = { ...filesWith(), keyPath: '/nowhere/tls.key' };
    await expect(localKey(files, () => issuedAt).open()).rejects.toMatchObject({
      code: 'signing.failed',
      message: expect.stringMatching(/signer "own": cannot read "\/nowhere\/tls.key": ENOENT/),
      details: { signer: 'own', failed: ['/nowhere/tls.key'] },
    });
  });
});
