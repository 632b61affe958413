import { randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Files } from '../checkout.ts';

/** How large an image is that has nothing but layers that cannot be compressed. */
export interface Layers {
  readonly count: number;
  readonly bytesEach: number;
}

/** A checkout whose layers are filled before each build, and never committed. */
export function layeredImage(base: string, { count }: Layers): Files {
  const copies = Array.from({ length: count }, (_, layer) => `COPY data-${layer} /\n`);
  return { Dockerfile: `FROM ${base}\n${copies.join('')}`, '.gitignore': 'data-*\n' };
}

/** Gives every layer a content that it never had. */
export async function fillLayers(checkout: string, { count, bytesEach }: Layers): Promise<void> {
  for (let layer = 0; layer < count; layer++)
    await writeFile(join(checkout, `data-${layer}`), randomBytes(bytesEach));
}
