import { beforeAll, describe, expect, test } from 'vitest';
import { type Chain, ecKeys, issueChain, issuedAt } from '../../../test/fakes/signing/certificates.ts';
import { pemOf, trusted, writeTestFile } from '../../../test/fakes/signing/cosign-keys.ts';
import { keySourceOf, openSigningStand } from '../../../test/fakes/signing/signing-stand.ts';
import { cosignSigner } from '../cosign/cosign-signer.ts';
import { notationSigner } from '../notation/notation-signer.ts';
import type { Trust } from '../trust/load-trust.ts';
import { trustOnly } from '../trust/trust-only.ts';
import { levelActions } from '../trust/verification-level.ts';
import { ownCosignMetadata, ownNotationMetadata } from './own-metadata.ts';

let own: Chain;
let other: Chain;

beforeAll(async () => {
  [own, other] = await Promise.all([issueChain(), issueChain()]);
});

async function open() {
  const stand = await openSigningStand();
  const ports = { ...stand, clock: () => issuedAt, warn: () => undefined };
  const sign = (chain: Chain, metadata: Record<string, string>) =>
    notationSigner(
      { name: 'own', key: keySourceOf(chain), format: 'jws', signingAgent: 'image-builder/1' },
      ports,
    ).sign({ ...stand.target, metadata });
  return { ...ports, sign };
}

const trustIn = (...chains: readonly Chain[]) => trustOnly(chains.map(({ root }) => root.certificate));

describe('what the embedded signer wrote', () => {
  const options = () => ({ name: 'own', key: keySourceOf(own) });

  test('is its own alone, whoever else is trusted', async () => {
    const { sign, target, ...ports } = await open();
    await sign(other, { fingerprint: 'planted' });
    const { read } = ownNotationMetadata({ ...options(), trust: trustIn(own, other) }, ports);
    expect(await read(target)).toEqual([]);
    await sign(own, { fingerprint: 'ours' });
    expect(await read(target)).toEqual([{ fingerprint: 'ours' }]);
  });

  test('counts by its own authority when nobody says whom to trust', async () => {
    const { sign, target, ...ports } = await open();
    await sign(own, { fingerprint: 'ours' });
    const { read } = ownNotationMetadata({ ...options(), trust: undefined }, ports);
    expect(await read(target)).toEqual([{ fingerprint: 'ours' }]);
  });

  test('does not count where the policy takes the signer no more, not even where it only logs that', async () => {
    const { sign, target, ...ports } = await open();
    await sign(own, { fingerprint: 'ours' });
    const readBy = (trust: Trust) => ownNotationMetadata({ ...options(), trust }, ports).read(target);
    expect(await readBy(trustIn(other))).toEqual([]);
    const [policy] = trustIn(other).policies;
    if (policy === undefined) throw new Error('no policy');
    const lenient = {
      path: '',
      policies: [{ ...policy, level: 'audit' as const, actions: levelActions.audit }],
    };
    expect(await readBy(lenient)).toEqual([]);
  });
});

describe('what the cosign signer wrote', () => {
  const made = () => {
    const keys = ecKeys();
    const { key, pub } = pemOf(keys);
    return { files: { name: 'own', keyPath: writeTestFile(key) }, key: trusted(keys), pub };
  };

  test('is its own alone, and only where its key is trusted', async () => {
    const { target, ...ports } = await open();
    const [mine, theirs] = [made(), made()];
    const both = [theirs.key, mine.key];
    const readBy = (keys: typeof both) =>
      ownCosignMetadata({ ...mine.files, trusted: keys }, ports).read(target);
    await cosignSigner(theirs.files, ports).sign({ ...target, metadata: { fingerprint: 'planted' } });
    expect(await readBy(both)).toEqual([]);
    await cosignSigner(mine.files, ports).sign({ ...target, metadata: { fingerprint: 'ours' } });
    expect(await readBy(both)).toEqual([{ fingerprint: 'ours' }]);
    expect(await readBy([])).toHaveLength(1);
    expect(await readBy([theirs.key])).toEqual([]);
  });

  test('is told by the public key where the private one is not', async () => {
    const { target, ...ports } = await open();
    const [mine, theirs] = [made(), made()];
    await cosignSigner(mine.files, ports).sign({ ...target, metadata: { fingerprint: 'ours' } });
    const elsewhere = { name: 'own', keyPath: '/nowhere', trusted: [] };
    const toldBy = ({ pub }: typeof mine) =>
      ownCosignMetadata({ ...elsewhere, publicKeyPath: writeTestFile(pub) }, ports);
    await expect(ownCosignMetadata(elsewhere, ports).check()).rejects.toMatchObject({
      code: 'signing.failed',
    });
    await toldBy(mine).check();
    expect(await toldBy(mine).read(target)).toEqual([{ fingerprint: 'ours' }]);
    expect(await toldBy(theirs).read(target)).toEqual([]);
  });
});
