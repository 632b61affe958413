import { describe, expect, onTestFinished, test } from 'vitest';
import {
  openTestClient,
  repositoryIn,
  startTestRegistry,
} from '../../../test/fakes/registry/open-registries.ts';
import { startReferrersProxy } from '../../../test/fakes/registry/referrers-proxy.ts';
import { ecKeys } from '../../../test/fakes/signing/certificates.ts';
import { trusted } from '../../../test/fakes/signing/cosign-keys.ts';
import { type BundleEdits, bundleManifest, forgeBundle } from '../../../test/fakes/signing/forge-bundle.ts';
import { bundleForgeries } from '../../../test/fakes/signing/forgeries-bundle.ts';
import { type Descriptor, digestOf, mediaTypes } from '../../oci/index.ts';
import { verifyCosign } from './verify-cosign.ts';

const keys = ecKeys();
const stranger = ecKeys();
const image = Buffer.from('{"schemaVersion":2}');
const artifact: Descriptor = {
  mediaType: mediaTypes.ociManifest,
  digest: digestOf(image),
  size: image.length,
};
const bundleType = 'application/vnd.dev.sigstore.bundle.v0.3+json';
const emptyType = 'application/vnd.oci.empty.v1+json';
const spdx: BundleEdits['statement'] = (all) => ({ ...all, predicateType: 'https://spdx.dev/Document' });

interface StoredBundle {
  /** Absent: made by the trusted key. */
  readonly bundle?: Uint8Array;
  /** Laid over the manifest. */
  readonly manifest?: Readonly<Record<string, unknown>>;
  /** In the list; absent it is the type of the bundle. */
  readonly artifactType?: string;
  readonly lost?: 'manifest' | 'bundle';
}

const made = (edits: BundleEdits = {}, by = keys) =>
  forgeBundle({ privateKey: by.privateKey, digest: artifact.digest }, edits);

/** Verifies an artifact with these bundles in a registry in memory. */
async function verify(bundles: readonly StoredBundle[], { trust = [trusted(keys)], api = false } = {}) {
  const fake = await startTestRegistry();
  const store = fake.repository('team/app');
  const entries = bundles.map(({ bundle = made(), manifest, artifactType = bundleType, lost }) => {
    const bytes = Buffer.from(bundleManifest(artifact, bundle, manifest));
    const digest = digestOf(bytes);
    if (lost !== 'bundle') store.blobs.set(digestOf(bundle), Buffer.from(bundle));
    if (lost !== 'manifest') store.manifests.set(digest, { bytes, mediaType: mediaTypes.ociManifest });
    return { mediaType: mediaTypes.ociManifest, digest, size: bytes.length, artifactType };
  });
  const index = Buffer.from(
    JSON.stringify({ schemaVersion: 2, mediaType: mediaTypes.ociIndex, manifests: entries }),
  );
  const proxy = api ? await startReferrersProxy(fake.host) : undefined;
  if (proxy === undefined) {
    store.manifests.set(digestOf(index), { bytes: index, mediaType: mediaTypes.ociIndex });
    store.tags.set(artifact.digest.replace(':', '-'), digestOf(index));
  } else {
    onTestFinished(proxy.close);
    for (const entry of entries) proxy.add(artifact.digest, entry);
  }
  const repository = repositoryIn(proxy ?? fake, 'team/app');
  const { registry } = openTestClient();
  return {
    ...(await verifyCosign({ registry, repository, descriptor: artifact, keys: trust })),
    digests: entries.map(({ digest }) => digest),
    downloads: fake.seen.filter(({ path }) => path.includes('/blobs/')),
  };
}

const reasons = async (...args: Parameters<typeof verify>) =>
  (await verify(...args)).rejected.map(({ reason }) => reason);

describe('a cosign signature that counts', () => {
  test('tells which key made it, and what was written beside', async () => {
    const bundle = made({
      statement: (all) => ({
        ...all,
        subject: [
          { digest: { sha256: '00' }, annotations: { commit: 'other' } },
          { digest: { sha256: artifact.digest.slice(7) }, annotations: { commit: '0123abc' } },
        ],
      }),
    });
    const { verified, rejected, unexamined, digests } = await verify([{ bundle }]);
    const { fingerprint } = trusted(keys);
    expect({ verified, rejected, unexamined }).toEqual({
      verified: [
        {
          digest: digests[0],
          key: fingerprint,
          keyPath: '/keys/cosign.pub',
          metadata: { commit: '0123abc' },
        },
      ],
      rejected: [],
      unexamined: 0,
    });
    expect(fingerprint).toMatch(/^[0-9a-f]{64}$/);
  });

  test('is found by the API, and behind the vague list that cosign writes', async () => {
    expect((await verify([{}], { api: true })).verified).toHaveLength(1);
    expect((await verify([{ artifactType: emptyType }])).verified).toHaveLength(1);
  });

  test('counts by any of the keys, and by no other', async () => {
    const both = [{ bundle: made() }, { bundle: made({}, stranger) }];
    const one = await verify(both);
    expect(one.verified.map(({ digest }) => digest)).toEqual([one.digests[0]]);
    expect(one.rejected).toEqual([
      {
        digest: one.digests[1],
        reason: 'signature.wrong',
        message: 'the signature was made by none of the trusted keys',
      },
    ]);
    const two = await verify(both, { trust: [trusted(stranger), trusted(keys)] });
    expect(two.verified.map(({ key }) => key)).toEqual(
      [trusted(keys), trusted(stranger)].map((of) => of.fingerprint),
    );
    expect((await verify(both, { trust: [] })).verified).toEqual([]);
  });
});

describe('what is attached and is no cosign signature', () => {
  test('is neither verified nor rejected', async () => {
    const others = [
      { bundle: made({ statement: spdx }) },
      { bundle: made({ statement: spdx }, stranger), artifactType: emptyType },
      { artifactType: 'application/vnd.cncf.notary.signature' },
      { manifest: { artifactType: 'application/vnd.cncf.notary.signature' }, artifactType: emptyType },
    ];
    expect(await verify(others)).toMatchObject({ verified: [], rejected: [] });
  });

  test('is not downloaded where its manifest says what it is', async () => {
    const annotations = { 'dev.sigstore.bundle.predicateType': 'https://spdx.dev/Document' };
    const { rejected, downloads } = await verify([{ manifest: { annotations } }]);
    expect({ rejected, downloads }).toEqual({ rejected: [], downloads: [] });
  });
});

describe('a cosign signature is rejected for', () => {
  test.each(bundleForgeries)('$title ($reason)', async ({ reason, edits }) => {
    expect(await verify([{ bundle: made(edits) }])).toMatchObject({ verified: [], rejected: [{ reason }] });
  });

  const layer = { mediaType: bundleType, digest: digestOf(made()), size: 1 };
  test.each<readonly [string, StoredBundle, string]>([
    ['a manifest that is lost', { lost: 'manifest' }, 'manifest.malformed'],
    ['a bundle that is lost', { lost: 'bundle' }, 'manifest.malformed'],
    ['two layers', { manifest: { layers: [layer, layer] } }, 'manifest.malformed'],
    ['no layer', { manifest: { layers: [] } }, 'manifest.malformed'],
  ])('%s', async (_, stored, reason) => {
    expect(await reasons([stored])).toEqual([reason]);
    expect((await verify([stored, {}])).verified).toHaveLength(1);
  });

  test('a layer of another type', async () => {
    const bundle = made();
    const layers = [{ mediaType: 'application/json', digest: digestOf(bundle), size: bundle.length }];
    expect(await reasons([{ bundle, manifest: { layers } }])).toEqual(['envelope.media-type']);
  });
});

test('a registry that refuses is no missing signature', async () => {
  const fake = await startTestRegistry({ fault: () => ({ status: 403 }) });
  const { registry } = openTestClient();
  const repository = repositoryIn(fake, 'team/app');
  const verifying = verifyCosign({ registry, repository, descriptor: artifact, keys: [trusted(keys)] });
  await expect(verifying).rejects.toMatchObject({ code: 'registry.refused' });
});
