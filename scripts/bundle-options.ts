import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { BuildOptions, Plugin } from 'esbuild';

/** Root of the repository. */
export const root = join(import.meta.dirname, '..');

/** All of undici takes half as long again to load as what is used of it: the agents and plain requests. */
const undiciInUse: Plugin = {
  name: 'undici-in-use',
  setup: ({ onResolve, onLoad }) => {
    const namespace = 'undici-in-use';
    onResolve({ filter: /^undici$/ }, ({ path }) => ({ path, namespace }));
    onLoad({ filter: /^undici$/, namespace }, () => ({
      contents: `
        require('undici/lib/dispatcher/dispatcher.js').prototype.request = require('undici/lib/api/api-request.js');
        exports.Agent = require('undici/lib/dispatcher/agent.js');
        exports.EnvHttpProxyAgent = require('undici/lib/dispatcher/env-http-proxy-agent.js');
      `,
      resolveDir: root,
    }));
  },
};

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
    plugins: [undiciInUse],
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
