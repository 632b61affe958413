import { readFile } from 'node:fs/promises';
import { isBuiltin } from 'node:module';
import { join } from 'node:path';
import type { BuildOptions, Plugin } from 'esbuild';

/** Root of the repository. */
export const root = join(import.meta.dirname, '..');

/** All of undici takes more than twice as long to load as what is used of it: agents and requests, without HTTP/2. */
const undiciInUse: Plugin = {
  name: 'undici-in-use',
  setup: ({ onResolve, onLoad }) => {
    const namespace = 'undici-in-use';
    onResolve({ filter: /^undici$|\/client-h2(\.js)?$/ }, ({ path }) => ({ path, namespace }));
    onLoad({ filter: /client-h2/, namespace }, () => ({
      contents: "module.exports = () => { throw new Error('HTTP/2 is off') };",
    }));
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

/**
 * A module of Node that is imported has all that it exports made at once, from text decoders to file streams; asked for
 * like this, only what is used.
 */
const lazyBuiltins: Plugin = {
  name: 'lazy-builtins',
  setup: ({ onResolve, onLoad }) => {
    const namespace = 'lazy-builtins';
    onResolve({ filter: /^[a-z]/ }, ({ path, kind }) =>
      isBuiltin(path) && kind === 'import-statement' ? { path, namespace } : undefined,
    );
    onLoad({ filter: /./, namespace }, ({ path }) => ({
      contents: `module.exports = process.getBuiltinModule(${JSON.stringify(path)});`,
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
    plugins: [undiciInUse, lazyBuiltins],
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
