import { readFileSync } from 'node:fs';
import type { ConfigText } from './find-config-file.ts';

/** Replaced by the bundler with the text of configs/image-builder-config.yaml. */
declare const IMAGE_BUILDER_SHIPPED_CONFIG: string | undefined;

/** The configuration that comes with the program: in the bundle its text, in the sources the file. */
export function shippedConfig(): ConfigText {
  const path = 'image-builder-config.yaml (built in)';
  if (typeof IMAGE_BUILDER_SHIPPED_CONFIG === 'string') return { path, text: IMAGE_BUILDER_SHIPPED_CONFIG };
  const file = new URL('../../configs/image-builder-config.yaml', import.meta.url);
  return { path, text: readFileSync(file, 'utf8') };
}
