// Bundles the command line: dist/cli.js, and beside it what only some commands need, in chunks that are read when
// they are needed. One file of all would cost 60 ms at every start, for reading it alone. `--analyze` shows what the
// bundle is made of.
import { chmod, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { analyzeMetafile, build } from 'esbuild';
import { bundleOptions, root } from './bundle-options.ts';

const folder = join(root, 'dist');

const common = await bundleOptions();
await rm(folder, { recursive: true, force: true });
const result = await build({
  ...common,
  entryPoints: { cli: join(root, 'src/cli/main.ts') },
  outdir: folder,
  splitting: true,
  chunkNames: 'chunks/[name]-[hash]',
  metafile: true,
});
const entry = join(folder, 'cli.js');
await writeFile(entry, `#!/usr/bin/env node\n${await readFile(entry, 'utf8')}`);
await chmod(entry, 0o755);
const bytes = Object.values(result.metafile.outputs).reduce((total, output) => total + output.bytes, 0);
process.stderr.write(`dist/cli.js and its chunks: ${(bytes / 1e6).toFixed(2)} MB\n`);
if (process.argv.includes('--analyze')) process.stdout.write(await analyzeMetafile(result.metafile));
