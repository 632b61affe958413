import { beforeAll, describe, expect, test } from 'vitest';
import { type Chain, issueChain, issuedAt } from '../../../test/fakes/signing/certificates.ts';
import { keySourceOf, openSigningStand } from '../../../test/fakes/signing/signing-stand.ts';
import { openTimestampAuthority, stamp } from '../../../test/fakes/signing/timestamp-authority.ts';
import { ImageBuilderError } from '../../core/index.ts';
import { digestOf, mediaTypes } from '../../oci/index.ts';
import type { Timestamping } from '../timestamp/timestamping.ts';
import { trustOnly } from '../trust/trust-only.ts';
import { verifyImage } from '../verify/verify-image.ts';
import { type NotationSignerOptions, notationSigner } from './notation-signer.ts';

let own: Chain;
let other: Chain;

beforeAll(async () => {
  [own, other] = await Promise.all([issueChain(), issueChain()]);
});

async function open() {
  const stand = await openSigningStand();
  const warnings: string[] = [];
  const ports = { ...stand, clock: () => issuedAt, warn: (message: string) => warnings.push(message) };
  const signerOf = (chain: Chain, options: Partial<NotationSignerOptions> = {}) =>
    notationSigner(
      { name: 'own', key: keySourceOf(chain), format: 'jws', signingAgent: 'image-builder/1', ...options },
      ports,
    );
  const verify = (chain: Chain) =>
    verifyImage({
      ...stand.target,
      registry: stand.registry,
      trust: trustOnly([chain.root.certificate]),
      now: issuedAt,
    });
  return { ...stand, warnings, signerOf, verify };
}

describe('the embedded signer', () => {
  test.each(['jws', 'cose'] as const)('attaches a signature in %s that counts', async (format) => {
    const { signerOf, target, verify } = await open();
    const outcome = await signerOf(own, { format }).sign(target);
    const { verified, rejected } = await verify(own);
    expect(verified).toMatchObject([
      { digest: outcome.signature, format, metadata: { commit: '0123abc' }, signingTime: issuedAt },
    ]);
    expect([outcome.state, outcome.reused, rejected]).toEqual(['attached', false, []]);
  });

  test('is listed with the annotations of its signature, as the referrers tag schema wants', async () => {
    const { signerOf, target, store } = await open();
    const { signature = '' } = await signerOf(own).sign(target);
    const read = (digest = '') => JSON.parse(String(store.manifests.get(digest)?.bytes));
    const { annotations, artifactType } = read(signature);
    expect(Object.keys(annotations)).toContain('io.cncf.notary.x509chain.thumbprint#S256');
    const list = read(store.tags.get(target.descriptor.digest.replace(':', '-')));
    expect(list.manifests).toMatchObject([{ digest: signature, artifactType, annotations }]);
  });

  test('adds nothing where it has signed before, whatever the metadata', async () => {
    const { signerOf, target, count } = await open();
    const { signature } = await signerOf(own).sign(target);
    const again = await signerOf(own, { format: 'cose' }).sign({ ...target, metadata: {} });
    expect(again).toEqual({ state: 'attached', signature, reused: true });
    expect(await count()).toBe(1);
  });

  test('signs again where the list does not call its signature one, as others look at nothing else', async () => {
    const { signerOf, target, count, store } = await open();
    await signerOf(own).sign(target);
    const tag = target.descriptor.digest.replace(':', '-');
    const index = JSON.parse(String(store.manifests.get(store.tags.get(tag) ?? '')?.bytes));
    for (const entry of index.manifests) delete entry.artifactType;
    const bytes = Buffer.from(JSON.stringify(index));
    store.manifests.set(digestOf(bytes), { bytes, mediaType: mediaTypes.ociIndex });
    store.tags.set(tag, digestOf(bytes));
    expect(await signerOf(own).sign(target)).toMatchObject({ reused: false });
    expect(await count()).toBe(2);
  });

  test('does not take the signature of another key for its own', async () => {
    const { signerOf, target, count } = await open();
    await signerOf(other).sign(target);
    expect(await signerOf(own).sign(target)).toMatchObject({ reused: false });
    expect(await count()).toBe(2);
  });

  test('signs again where its signature has no timestamp and is to have one', async () => {
    const { signerOf, target, count, verify } = await open();
    const authority = await openTimestampAuthority();
    let accepting = true;
    const timestamping: Timestamping = {
      check: async () => {},
      stamp: async (signature) => stamp(authority, signature),
      accepts: async () => accepting,
    };
    await signerOf(own).sign(target);
    expect(await signerOf(own, { timestamping }).sign(target)).toMatchObject({ reused: false });
    expect(await signerOf(own, { timestamping }).sign(target)).toMatchObject({ reused: true });
    expect(await count()).toBe(2);
    expect((await verify(own)).verified).toHaveLength(2);
    accepting = false;
    expect(await signerOf(own, { timestamping }).sign(target)).toMatchObject({ reused: false });
  });

  test('hands on what its key and its timestamping authority say before anything is built', async () => {
    const { signerOf, warnings } = await open();
    await signerOf(own, { key: keySourceOf(own, ['the certificates expire soon']) }).check();
    expect(warnings).toEqual(['signer "own": the certificates expire soon']);
    const missing = new ImageBuilderError('signing.failed', 'no key', { signer: 'own', failed: [] });
    const fail = async () => {
      throw missing;
    };
    const broken = { open: fail, chain: fail };
    await expect(signerOf(own, { key: broken }).check()).rejects.toBe(missing);
    const timestamping: Timestamping = {
      check: fail,
      stamp: async () => new Uint8Array(),
      accepts: async () => true,
    };
    await expect(signerOf(own, { timestamping }).check()).rejects.toBe(missing);
  });

  test('attaches nothing when it gets no timestamp', async () => {
    const { signerOf, target, count } = await open();
    const down = new ImageBuilderError('signing.unavailable', 'down', { signer: 'own', failed: [] });
    const timestamping: Timestamping = {
      check: async () => {},
      stamp: async () => {
        throw down;
      },
      accepts: async () => true,
    };
    await expect(signerOf(own, { timestamping }).sign(target)).rejects.toBe(down);
    expect(await count()).toBe(0);
  });
});
