import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { readImageLayout } from '../registry/index.ts';
import { layoutMaterials } from './layout-materials.ts';

const statement = readFileSync(
  new URL('../../test/fixtures/buildkit/provenance/v0.2.json', import.meta.url),
  'utf8',
);
const types = {
  index: 'application/vnd.oci.image.index.v1+json',
  manifest: 'application/vnd.oci.image.manifest.v1+json',
  config: 'application/vnd.oci.image.config.v1+json',
};

let directory = '';
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'layout-materials-'));
  await mkdir(join(directory, 'blobs/sha256'), { recursive: true });
  await writeFile(join(directory, 'oci-layout'), '{"imageLayoutVersion":"1.0.0"}');
});
afterEach(() => rm(directory, { recursive: true }));

async function store(content: string, mediaType: string) {
  const hex = createHash('sha256').update(content).digest('hex');
  await writeFile(join(directory, 'blobs/sha256', hex), content);
  return { mediaType, digest: `sha256:${hex}`, size: Buffer.byteLength(content) };
}

const manifest = async (layers: readonly object[], content = 'x') =>
  store(
    JSON.stringify({ config: await store(JSON.stringify({ content }), types.config), layers }),
    types.manifest,
  );

async function image(architecture: string) {
  return { ...(await manifest([], architecture)), platform: { os: 'linux', architecture } };
}

/** As BuildKit puts it beside an image. */
async function attestation(
  subject: string,
  text = statement,
  predicate = 'https://slsa.dev/provenance/v0.2',
) {
  const layer = await store(text, 'application/vnd.in-toto+json');
  const annotations = { 'in-toto.io/predicate-type': predicate };
  return {
    ...(await manifest([{ ...layer, annotations }], subject)),
    platform: { os: 'unknown', architecture: 'unknown' },
    annotations: {
      'vnd.docker.reference.digest': subject,
      'vnd.docker.reference.type': 'attestation-manifest',
    },
  };
}

async function materialsOf(root: object) {
  await writeFile(join(directory, 'index.json'), JSON.stringify({ manifests: [root] }));
  return layoutMaterials(await readImageLayout(directory));
}

const index = (...manifests: readonly object[]) => store(JSON.stringify({ manifests }), types.index);

describe('an image layout', () => {
  test('tells what went into each of its images', async () => {
    const [arm, amd] = [await image('arm64'), await image('amd64')];
    const root = await index(arm, amd, await attestation(arm.digest), await attestation(amd.digest));
    expect(await materialsOf(root)).toHaveLength(10);
  });

  test('tells what every statement about an image says: one more takes nothing away', async () => {
    const arm = await image('arm64');
    const forged = JSON.stringify({ buildType: 'https://mobyproject.org/buildkit@v1', materials: [] });
    const root = await index(arm, await attestation(arm.digest, forged), await attestation(arm.digest));
    expect(await materialsOf(root)).toHaveLength(5);
  });

  test('does not tell when one image has no provenance', async () => {
    const [arm, amd] = [await image('arm64'), await image('amd64')];
    expect(await materialsOf(await index(arm, amd, await attestation(arm.digest)))).toBeUndefined();
  });

  test('does not tell when an image without a platform has no provenance', async () => {
    const [arm, bare] = [await image('arm64'), await manifest([], 'bare')];
    expect(await materialsOf(await index(arm, bare, await attestation(arm.digest)))).toBeUndefined();
  });

  test('does not tell when an image without provenance says that it is an attestation', async () => {
    const [arm, amd] = [await image('arm64'), await image('amd64')];
    const posing = { ...amd, annotations: { 'vnd.docker.reference.type': 'attestation-manifest' } };
    expect(await materialsOf(await index(arm, posing, await attestation(arm.digest)))).toBeUndefined();
  });

  test('does not tell by an SBOM', async () => {
    const arm = await image('arm64');
    const sbom = await attestation(arm.digest, statement, 'https://spdx.dev/Document');
    expect(await materialsOf(await index(arm, sbom))).toBeUndefined();
  });

  test('does not tell when it holds one image alone, or none', async () => {
    expect(await materialsOf(await image('arm64'))).toBeUndefined();
    expect(await materialsOf(await index(await attestation('sha256:none')))).toBeUndefined();
  });

  test('whose provenance is no provenance is refused', async () => {
    const arm = await image('arm64');
    await expect(materialsOf(await index(arm, await attestation(arm.digest, '{}')))).rejects.toMatchObject({
      code: 'registry.corrupt',
      message: expect.stringContaining('is no provenance of BuildKit'),
    });
  });

  test('whose provenance was changed is refused', async () => {
    const arm = await image('arm64');
    const root = await index(arm, await attestation(arm.digest));
    const hex = createHash('sha256').update(statement).digest('hex');
    await writeFile(join(directory, 'blobs/sha256', hex), statement.replace('base@1', 'free@1'));
    await expect(materialsOf(root)).rejects.toMatchObject({
      code: 'registry.corrupt',
      message: expect.stringContaining('does not have the digest of its name'),
    });
  });
});
