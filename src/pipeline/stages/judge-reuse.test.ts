import { describe, expect, test } from 'vitest';
import { type Digest, digestOf, mediaTypes, type Repository } from '../../oci/index.ts';
import type { BuildPlan } from '../../plan/index.ts';
import type { StoredImage } from '../../registry/index.ts';
import type { SignedMetadata } from '../../signing/index.ts';
import type { EarlierImages } from '../ports.ts';
import { fingerprintOf } from '../reuse/fingerprint.ts';
import type { HandedReuse } from '../reuse/handed-reuse.ts';
import type { BuiltPart } from './built-part.ts';
import { judgeReuse } from './judge-reuse.ts';

const home: Repository = { registry: 'one.example', path: 'app' };
const reuse = { epoch: '', perCommitArgs: [], vouchers: ['own'] };
const plan = {
  source: { event: 'push', repository: 'team/app' },
  image: { name: 'app', dockerfile: 'Dockerfile', context: '.' },
  platforms: ['linux/amd64'],
  buildArgs: [['A', '1']],
  labels: {},
  destinations: [{ push: home, pull: home }],
  signing: { kind: 'signed-by', signers: ['own'] },
  policy: { kind: 'allowed', rule: 'production', bases: {} },
  attestations: { provenance: 'min', sbom: false },
  compression: 'gzip',
  reuse,
} as unknown as BuildPlan;

const inputs = digestOf('inputs');
const fingerprint = fingerprintOf(plan, inputs);
const vouching = { commit: 'abc', run: '7', fingerprint };

const manifest = {
  kind: 'manifest',
  ...{ mediaType: mediaTypes.ociManifest, layers: [] },
  config: { mediaType: mediaTypes.ociConfig, digest: digestOf('config'), size: 1 },
} as const;
const root = { mediaType: mediaTypes.ociManifest, digest: digestOf('image'), size: 1 };
const image: StoredImage = {
  ...{ repository: home, root, blobs: [] },
  manifests: [{ descriptor: root, bytes: Buffer.from(''), manifest }],
};

const part = (handed: HandedReuse | undefined, digest: string = root.digest) =>
  ({ report: { digest }, reuse: handed }) as BuiltPart;
const claim = part({ kind: 'reused', inputs });
const isBuilt = { kind: 'built', inputs, reason: 'none', confirmed: true } as const;

interface Scene {
  readonly plan?: Partial<BuildPlan>;
  readonly built?: readonly BuiltPart[];
  /** By `own`, over the image. */
  readonly signed?: readonly SignedMetadata[];
}

function judge({ plan: change = {}, built = [claim], signed = [vouching] }: Scene) {
  const unused = async () => {
    throw new Error('not asked for');
  };
  const isIt = (digest: string): digest is Digest => digest === root.digest;
  const earlier: EarlierImages = {
    find: async (_, reference) => (isIt(reference) ? root : undefined),
    signedBy: async (signer, { descriptor }) => (signer === 'own' && isIt(descriptor.digest) ? signed : []),
    read: async () => image,
    ...{ checkVouchers: unused, copy: unused, keep: unused },
  };
  return judgeReuse({ ...plan, ...change }, built, earlier);
}

describe('what the stage that builds says of reuse', () => {
  test('counts when our own signers say so too, and they tell the build that it is of', async () => {
    expect(await judge({})).toEqual({ kind: 'reused', fingerprint, inputs, image, from: vouching });
  });

  test('is the inputs of what was built, and nothing else', async () => {
    expect(await judge({ built: [part(isBuilt)] })).toEqual({ ...isBuilt, fingerprint });
    const unsure = { ...isBuilt, confirmed: false };
    expect(await judge({ built: [part(unsure)] })).toMatchObject({ confirmed: false });
  });

  test('is one thing when several jobs say it, and their doubts are those of all', async () => {
    const elsewhere = part(isBuilt, digestOf('part'));
    expect(await judge({ built: [part(isBuilt), elsewhere] })).toEqual({ ...isBuilt, fingerprint });
    const unsure = part({ ...isBuilt, confirmed: false, reason: 'doubt' });
    const doubted = await judge({ built: [elsewhere, unsure] });
    expect(doubted).toMatchObject({ confirmed: false, reason: 'doubt' });
  });

  test.each<[string, readonly BuiltPart[]]>([
    ['all of them', [claim, claim]],
    ['one of them, and the others built', [part(isBuilt, digestOf('part')), claim]],
    [
      'one of them, and others could not look',
      [part({ kind: 'ineligible', reason: 'down' }, digestOf('part')), claim],
    ],
  ])('is the whole earlier image when it was found by %s', async (_, built) => {
    expect(await judge({ built })).toMatchObject({ kind: 'reused', image, inputs });
  });

  test.each<[string, Partial<BuildPlan>]>([
    ['another repository', { source: { ...plan.source, repository: 'evil/app' } }],
    ['another image of the repository', { image: { ...plan.image, name: 'other' } }],
    ['an event that is not for production', { source: { ...plan.source, event: 'merge_group' } }],
    ['another rule', { policy: { ...plan.policy, rule: 'development' } }],
    ['other build arguments', { buildArgs: [['A', '2']] }],
    ['other signers', { signing: { kind: 'signed-by', signers: ['own', 'other'] } }],
  ])('cannot give an image the fingerprint of %s', async (_, change) => {
    const said = await judge({ plan: change, built: [part(isBuilt)] });
    expect(said).not.toMatchObject({ fingerprint });
    await expect(judge({ plan: change })).rejects.toMatchObject({
      code: 'request.invalid',
      message: expect.stringMatching(/no signature that counts vouches/),
    });
  });

  test.each<[string, Scene, RegExp]>([
    ['nobody signed it', { signed: [] }, /is no earlier image of this one: no signature that counts/],
    ['it was signed for other inputs', { signed: [{ fingerprint: digestOf('x') }] }, /no signature/],
    ['it is not there', { built: [part(claim.reuse, digestOf('gone'))] }, /no earlier build/],
    ['it is named by a tag', { built: [part(claim.reuse, 'v1')] }, /"v1" is no digest/],
    ['no image is to be reused', { plan: { reuse: undefined } as object }, /may take the place/],
    [
      'the caller wants it built',
      { plan: { reuse: { ...reuse, anew: '--no-cache' } } },
      /may take the place/,
    ],
    [
      'the plan says why it cannot',
      { plan: { reuse: { ...reuse, obstacle: { reason: 'it is not signed' } } } },
      /may take the place/,
    ],
    [
      'another job saw other inputs',
      { built: [claim, part({ ...isBuilt, inputs: digestOf('x') })] },
      /saw different inputs/,
    ],
    [
      'another job found the image of other inputs',
      { built: [claim, part({ kind: 'reused', inputs: digestOf('x') })] },
      /saw different inputs/,
    ],
    [
      'the only job to find it lies',
      { built: [part(isBuilt), claim], signed: [] },
      /no signature that counts/,
    ],
  ])('is refused where %s', async (_, scene, message) => {
    await expect(judge(scene)).rejects.toMatchObject({
      code: 'request.invalid',
      message: expect.stringMatching(message),
    });
  });

  test.each<[string, Scene, RegExp]>([
    [
      'the plan says why there is no telling',
      { plan: { reuse: { ...reuse, obstacle: { reason: 'it is not signed' } } } },
      /not signed/,
    ],
    ['the stage says why', { built: [part({ kind: 'ineligible', reason: 'fetches' })] }, /fetches/],
    ['the stage says nothing', { built: [part(undefined)] }, /nothing is known/],
    ['one of several jobs says nothing', { built: [part(isBuilt), part(undefined)] }, /nothing is known/],
    [
      'one of several jobs says why',
      { built: [part(isBuilt), part({ kind: 'ineligible', reason: 'fetches' })] },
      /fetches/,
    ],
    [
      'the jobs saw different inputs',
      { built: [part(isBuilt), part({ ...isBuilt, inputs: digestOf('x') })] },
      /different inputs/,
    ],
  ])('makes no image one for later builds where %s', async (_, scene, reason) => {
    expect(await judge({ built: [part(isBuilt)], ...scene })).toEqual({
      kind: 'ineligible',
      reason: expect.stringMatching(reason),
    });
  });

  test('is nothing where no image is to be reused', async () => {
    const none = { reuse: undefined } as object;
    expect(await judge({ plan: none, built: [part(isBuilt)] })).toBeUndefined();
  });
});
