import { describe, expect, test } from 'vitest';
import { type Digest, digestOf, mediaTypes, type Repository } from '../../oci/index.ts';
import type { BuildPlan } from '../../plan/index.ts';
import type { StoredImage } from '../../registry/index.ts';
import type { SignedMetadata } from '../../signing/index.ts';
import type { EarlierImages } from '../ports.ts';
import { findImage } from './find-image.ts';
import { fingerprintTag } from './fingerprint.ts';

const fingerprint = digestOf('inputs');
const reference = fingerprintTag(fingerprint);
const [first, second]: readonly [Repository, Repository] = [
  { registry: 'one.example', path: 'app' },
  { registry: 'two.example', path: 'app' },
];
const vouching = { commit: 'abc', fingerprint };

function planWith(vouchers: readonly string[]): BuildPlan {
  return {
    platforms: ['linux/arm64', 'linux/amd64'],
    destinations: [first, second].map((push) => ({ push, pull: push })),
    reuse: { vouchers },
  } as unknown as BuildPlan;
}

function imageOf(architectures: readonly string[]): StoredImage {
  const children = architectures.map((architecture) => ({
    ...{ mediaType: mediaTypes.ociManifest, digest: digestOf(architecture), size: 1 },
    platform: { os: 'linux', architecture },
  }));
  const root = { mediaType: mediaTypes.ociIndex, digest: digestOf(architectures.join()), size: 1 };
  const bytes = Buffer.from('');
  const config = { mediaType: mediaTypes.ociConfig, digest: digestOf('config'), size: 1 };
  const manifests = children.map((descriptor) => ({
    ...{ descriptor, bytes },
    manifest: { kind: 'manifest', mediaType: mediaTypes.ociManifest, config, layers: [] } as const,
  }));
  const index = { kind: 'index', mediaType: mediaTypes.ociIndex, manifests: children } as const;
  return {
    ...{ repository: first, root, blobs: [] },
    manifests: [...manifests, { descriptor: root, bytes, manifest: index }],
  };
}

const whole = imageOf(['amd64', 'arm64']);

interface Scene {
  readonly vouchers?: readonly string[];
  /** Where the tag is, and what it names. */
  readonly tagged?: ReadonlyMap<Repository, StoredImage>;
  readonly signed?: (signer: string, digest: Digest) => readonly SignedMetadata[];
  readonly there?: boolean;
}

function find({
  vouchers = ['own'],
  tagged = new Map([[first, whole]]),
  signed = () => [vouching],
  there = true,
}: Scene) {
  const unused = async () => {
    throw new Error('not asked for');
  };
  const earlier: EarlierImages = {
    find: async (repository, asked) => {
      expect(asked).toBe(reference);
      return tagged.get(repository)?.root;
    },
    signedBy: async (signer, { descriptor }) => signed(signer, descriptor.digest),
    read: async (repository) => (there ? tagged.get(repository) : undefined),
    ...{ checkVouchers: unused, copy: unused, keep: unused },
  };
  return findImage(earlier, planWith(vouchers), { fingerprint, reference });
}

describe('the image of the same inputs', () => {
  test('is the one that the signer vouches for, with what it wrote about its build', async () => {
    expect(await find({})).toEqual({ kind: 'found', image: whole, from: vouching });
  });

  test('may lie in any destination', async () => {
    expect(await find({ tagged: new Map([[second, whole]]) })).toMatchObject({ kind: 'found' });
  });

  test('is looked for further when something was planted in the first one', async () => {
    const planted = imageOf(['arm64']);
    const tagged = new Map([
      [first, planted],
      [second, whole],
    ]);
    const signed = (_: string, digest: Digest) => (digest === whole.root.digest ? [vouching] : []);
    expect(await find({ tagged, signed })).toMatchObject({ kind: 'found', image: whole });
  });

  test.each<[string, Scene, RegExp]>([
    ['nothing has the tag', { tagged: new Map() }, /no earlier build/],
    ['nobody signed it', { signed: () => [] }, /no signature/],
    ['its signature says nothing of inputs', { signed: () => [{ commit: 'abc' }] }, /no signature/],
    [
      'its signature is for other inputs',
      { signed: () => [{ fingerprint: digestOf('other') }] },
      /no signature/,
    ],
    [
      'one of the signers does not vouch',
      { vouchers: ['own', 'other'], signed: (signer) => (signer === 'own' ? [vouching] : []) },
      /no signature/,
    ],
    ['there is nobody who could vouch', { vouchers: [] }, /no signature/],
    ['a part of it is gone', { there: false }, /not whole/],
    ['a platform is missing', { tagged: new Map([[first, imageOf(['arm64'])]]) }, /not whole/],
    [
      'it has a platform more',
      { tagged: new Map([[first, imageOf(['arm64', 'amd64', '386'])]]) },
      /not whole/,
    ],
  ])('is none where %s', async (_, scene, reason) => {
    expect(await find(scene)).toEqual({ kind: 'none', reason: expect.stringMatching(reason) });
  });
});
