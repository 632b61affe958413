import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { BuildOptions } from 'esbuild';

/** Root of the repository. */
export const root = join(import.meta.dirname, '..');

/** How everything is bundled that runs: the same sources make the same bytes. */
export async function bundleOptions(): Promise<BuildOptions> {
  const { version } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as { version: string };
  const shippedConfig = await readFile(join(root, 'configs/image-builder-config.yaml'), 'utf8');
  return {
    absWorkingDir: root,
    bundle: true,
    platform: 'node',
    // Modules where a package has them: they load faster than what is wrapped as CommonJS.
    mainFields: ['module', 'main'],
    target: 'node24',
    format: 'esm',
    minify: true,
    keepNames: false,
    legalComments: 'none',
    logLevel: 'warning',
    define: {
      IMAGE_BUILDER_VERSION: JSON.stringify(version),
      IMAGE_BUILDER_SHIPPED_CONFIG: JSON.stringify(shippedConfig),
    },
    // What CommonJS packages call.
    banner: {
      js: "import { createRequire as __createRequire } from 'node:module';const require = __createRequire(import.meta.url);",
    },
  };
}
