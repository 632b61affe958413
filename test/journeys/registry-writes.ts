import { expect } from 'vitest';
import type { BuildReport } from '../../src/report/index.ts';

/** An index of nothing. */
export const emptyIndex = {
  ...{ schemaVersion: 2, mediaType: 'application/vnd.oci.image.index.v1+json' },
  manifests: [],
};

/** Puts a manifest there as anybody would who may push. */
export async function putManifest(
  repository: string,
  tag: string,
  manifest: { readonly mediaType: string },
): Promise<void> {
  const [host = '', ...path] = repository.split('/');
  const response = await fetch(`http://${host}/v2/${path.join('/')}/manifests/${tag}`, {
    method: 'PUT',
    headers: { 'content-type': manifest.mediaType },
    body: JSON.stringify(manifest),
  });
  expect(response.ok).toBe(true);
}

/** Leaves an image without its signatures: the list of them is empty. */
export async function wipeSignatures(repository: string, { digest, platforms }: BuildReport): Promise<void> {
  for (const each of [digest, ...platforms.map((platform) => platform.digest)])
    await putManifest(repository, each.replace(':', '-'), emptyIndex);
}

/** The tag that keeps an image under its fingerprint. */
export function fingerprintTagOf({ reuse }: BuildReport): string {
  return `fp-${reuse?.fingerprint?.slice('sha256:'.length)}`;
}
