import { readFile } from 'node:fs/promises';
import { ImageBuilderError, reasonOf } from '../core/index.ts';
import { type Descriptor, type Digest, type Index, matchesDigest } from '../oci/index.ts';
import type { ImageLayout } from '../registry/index.ts';
import { type Material, readProvenance } from './read-provenance.ts';

/** Annotations by which BuildKit 0.25 marks attestations in an index. */
const attestedDigest = 'vnd.docker.reference.digest';
const referenceType = 'vnd.docker.reference.type';
const attestation = 'attestation-manifest';
const predicateType = 'in-toto.io/predicate-type';
const provenanceTypes = 'https://slsa.dev/provenance/';

/**
 * What went into every image of a layout, by the provenance that lies in it; undefined where an image has none. Throws
 * `registry.corrupt` for provenance that is damaged.
 */
export async function layoutMaterials(layout: ImageLayout): Promise<readonly Material[] | undefined> {
  const root = layout.manifests.at(-1)?.manifest;
  if (root?.kind !== 'index') return undefined;
  const images = root.manifests.filter((each) => !isAttestation(each));
  const materials: Material[] = [];
  for (const { digest } of images) {
    const attestations = root.manifests.filter(({ annotations }) => annotations?.[attestedDigest] === digest);
    const provenance = attestations.flatMap((each) => provenanceOf(layout, each.digest));
    if (provenance.length === 0) return undefined;
    for (const found of provenance) materials.push(...(await readBlob(layout, found)));
  }
  return images.length === 0 ? undefined : materials;
}

/** A frontend of the caller's may write annotations; what runs on some platform is an image all the same. */
function isAttestation({ platform, annotations }: Index['manifests'][number]): boolean {
  return platform?.os === 'unknown' && annotations?.[referenceType] === attestation;
}

function provenanceOf({ manifests }: ImageLayout, digest: Digest): readonly Descriptor[] {
  const found = manifests.find(({ descriptor }) => descriptor.digest === digest)?.manifest;
  if (found?.kind !== 'manifest') return [];
  return found.layers.filter(({ annotations }) => annotations?.[predicateType]?.startsWith(provenanceTypes));
}

async function readBlob({ blobs }: ImageLayout, { digest }: Descriptor): Promise<readonly Material[]> {
  const path = blobs.find(({ descriptor }) => descriptor.digest === digest)?.path ?? '';
  try {
    const bytes = await readFile(path);
    if (!matchesDigest(bytes, digest)) throw new Error('does not have the digest of its name');
    return readProvenance(bytes.toString('utf8'));
  } catch (cause) {
    const message = `provenance "${path}": ${reasonOf(cause)}`;
    throw new ImageBuilderError('registry.corrupt', message, { url: path }, { cause });
  }
}
