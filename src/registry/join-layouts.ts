import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { type ImagePart, joinImages, type WholeImage } from '../oci/index.ts';
import { blobPath, readImageLayout } from './image-layout.ts';

export interface LayoutPart {
  /** On the file system of the whole. */
  readonly directory: string;
  readonly platforms: readonly string[];
}

/**
 * Makes one image layout at `directory` of those that builder nodes made apart, whose files are moved there. Throws
 * `registry.corrupt` when one of them is not whole.
 */
export async function joinLayouts(
  parts: readonly LayoutPart[],
  { directory, ...whole }: WholeImage & Pick<LayoutPart, 'directory'>,
): Promise<void> {
  const images: ImagePart[] = [];
  await mkdir(join(directory, 'blobs/sha256'), { recursive: true });
  for (const part of parts) {
    const { manifests, blobs, root } = await readImageLayout(part.directory);
    for (const { descriptor } of [...manifests, ...blobs]) {
      const target = blobPath(directory, descriptor.digest);
      await mkdir(dirname(target), { recursive: true });
      await rename(blobPath(part.directory, descriptor.digest), target);
    }
    const manifest = manifests.at(-1)?.manifest;
    if (manifest !== undefined) images.push({ descriptor: root, manifest, platforms: part.platforms });
    await rm(part.directory, { recursive: true });
  }
  const { bytes, descriptor } = joinImages(images, whole);
  await writeFile(blobPath(directory, descriptor.digest), bytes);
  await writeFile(join(directory, 'oci-layout'), '{"imageLayoutVersion":"1.0.0"}');
  await writeFile(
    join(directory, 'index.json'),
    JSON.stringify({ schemaVersion: 2, manifests: [descriptor] }),
  );
}
