import { constants, sign } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ecKeys, rsaKeys } from '../../../test/fakes/signing/certificates.ts';
import { fitKinds, trusted } from '../../../test/fakes/signing/cosign-keys.ts';
import { type BundleEdits, encode, forgeBundle } from '../../../test/fakes/signing/forge-bundle.ts';
import { digestOf } from '../../oci/index.ts';
import { SignatureRejected } from '../signed-envelope.ts';
import { bundleType } from './bundle-format.ts';
import { openBundle } from './open-bundle.ts';

const keys = ecKeys();
const digest = digestOf('image');
const hex = digest.slice('sha256:'.length);
const provenance = 'https://slsa.dev/provenance/v1';

function open(edits: BundleEdits = {}, by = keys) {
  const bytes = forgeBundle({ privateKey: by.privateKey, digest }, edits);
  return openBundle({ bytes, mediaType: bundleType }, [trusted(keys)]);
}

function reasonFor(bytes: Uint8Array, mediaType = bundleType): string | undefined {
  try {
    openBundle({ bytes, mediaType }, [trusted(keys)]);
    return undefined;
  } catch (error) {
    if (error instanceof SignatureRejected) return error.reason;
    throw error;
  }
}

describe('a bundle', () => {
  test.each(fitKinds)('signed by a key of kind $kind is opened', ({ makeKeys }) => {
    const pair = makeKeys();
    const bytes = forgeBundle({ privateKey: pair.privateKey, digest });
    const opened = openBundle({ bytes, mediaType: bundleType }, [trusted(keys), trusted(pair)]);
    expect(opened?.key.key.equals(pair.publicKey)).toBe(true);
    expect(opened?.subjects).toEqual([{ digests: new Map([['sha256', hex]]), metadata: {} }]);
  });

  test('tells what the signer wrote, as far as it is text', () => {
    const annotations = { commit: '0123abc', number: 1, list: ['a'] };
    const opened = open({
      statement: (all) => ({ ...all, subject: [{ digest: { sha256: hex }, annotations }] }),
    });
    expect(opened?.subjects[0]?.metadata).toEqual({ commit: '0123abc' });
  });

  test('counts whatever key its hint names', () => {
    for (const publicKey of [{}, { hint: '' }, { hint: 'another' }])
      expect(open({ bundle: (all) => ({ ...all, verificationMaterial: { publicKey } }) })).toBeDefined();
  });

  test('counts with what a transparency log or a timestamping authority says beside it', () => {
    const material = { publicKey: {}, tlogEntries: [{}], timestampVerificationData: {} };
    expect(open({ bundle: (all) => ({ ...all, verificationMaterial: material }) })).toBeDefined();
  });

  test('counts with an empty name of the key, which is the same as none', () => {
    expect(open({ signature: (one) => ({ ...one, keyid: '' }) })).toBeDefined();
  });

  test('does not count when another key made it, although it names ours', () => {
    const hint = Buffer.from(trusted(keys).fingerprint, 'hex').toString('base64');
    const claim: BundleEdits = {
      bundle: (all) => ({ ...all, verificationMaterial: { publicKey: { hint } } }),
    };
    expect(() => open(claim, ecKeys())).toThrow(
      expect.objectContaining({
        reason: 'signature.wrong',
        message: 'the signature was made by none of the trusted keys',
      }),
    );
  });

  test('does not count with no key to trust, or with another padding of RSA', async () => {
    const rsa = await rsaKeys(2048);
    const padding = constants.RSA_PKCS1_PSS_PADDING;
    const bytes = forgeBundle(
      { privateKey: rsa.privateKey, digest },
      { sign: (payload, key) => sign('sha256', encode(payload), { key, padding }) },
    );
    for (const trust of [[], [trusted(rsa)]])
      expect(() => openBundle({ bytes, mediaType: bundleType }, trust)).toThrow(
        expect.objectContaining({ reason: 'signature.wrong' }),
      );
  });

  test('is judged by the type of its layer too', () => {
    const bytes = forgeBundle({ privateKey: keys.privateKey, digest });
    expect(reasonFor(bytes, 'application/json')).toBe('envelope.media-type');
  });

  test('that is no image signature is none, whoever signed it and however', () => {
    const statement: BundleEdits['statement'] = (all) => ({
      ...all,
      predicateType: provenance,
      predicate: { builder: 1 },
    });
    const keyless = { certificate: { rawBytes: 'MAA=' } };
    expect(open({ statement })).toBeUndefined();
    expect(open({ statement }, ecKeys())).toBeUndefined();
    expect(open({ statement, bundle: (all) => ({ ...all, verificationMaterial: keyless }) })).toBeUndefined();
  });
});

describe('whatever the bytes, openBundle', () => {
  test('opens them or rejects them with a reason', () => {
    fc.assert(fc.property(fc.uint8Array(), (bytes) => reasonFor(bytes) === 'envelope.malformed'));
    fc.assert(
      fc.property(fc.jsonValue(), (value) =>
        String(reasonFor(Buffer.from(JSON.stringify(value)))).startsWith('envelope.'),
      ),
    );
  });

  test('takes no other value for any member', () => {
    const honest = JSON.parse(String(forgeBundle({ privateKey: keys.privateKey, digest })));
    const paths = [
      ['mediaType'],
      ['verificationMaterial'],
      ['verificationMaterial', 'publicKey'],
      ['dsseEnvelope'],
    ];
    const inside = ['payload', 'payloadType', 'signatures'].map((name) => ['dsseEnvelope', name]);
    fc.assert(
      fc.property(fc.constantFrom(...paths, ...inside), fc.jsonValue(), (path, value) => {
        fc.pre(JSON.stringify(value) !== '{}');
        const changed = structuredClone(honest);
        const owner = path.slice(0, -1).reduce((at, name) => at[name], changed);
        owner[path.at(-1) ?? ''] = value;
        expect(reasonFor(Buffer.from(JSON.stringify(changed)))).toBeDefined();
      }),
    );
  });

  test('takes any statement of another key for nothing but wrong', () => {
    const stranger = ecKeys();
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const bytes = forgeBundle(
          { privateKey: stranger.privateKey, digest },
          { statement: () => JSON.stringify(value) },
        );
        expect(reasonFor(bytes)).toBe('payload.malformed');
      }),
      { numRuns: 50 },
    );
  });
});
