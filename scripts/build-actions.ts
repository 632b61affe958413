// Bundles what the actions run into their folders, where it is committed: a runner takes an action as it is in the
// repository. With --check only says which bundles are not what the sources make.
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { build } from 'esbuild';
import { bundleOptions, root } from './bundle-options.ts';

/** Each bundle, and the source that it is made of. */
const bundles: Readonly<Record<string, string>> = {
  '.github/actions/expose-jwt-action/dist/main.js': 'src/actions/expose-jwt.ts',
  '.github/actions/image-builder/dist/main.js': 'src/actions/build.ts',
  '.github/actions/image-builder/dist/post.js': 'src/actions/cancel.ts',
};

const onlyCheck = process.argv.includes('--check');
const common = await bundleOptions();

async function makeBundle(source: string): Promise<string> {
  const { outputFiles } = await build({ ...common, entryPoints: [join(root, source)], write: false });
  return outputFiles[0]?.text ?? '';
}

/** Whether the bundle was out of date; it is written unless this is only a check. */
async function update([path, source]: readonly [string, string]): Promise<boolean> {
  const file = join(root, path);
  const [wanted, found] = await Promise.all([
    makeBundle(source),
    readFile(file, 'utf8').catch(() => undefined),
  ]);
  if (found === wanted) return false;
  if (onlyCheck) return true;
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, wanted);
  return true;
}

const entries = Object.entries(bundles);
const stale = await Promise.all(entries.map(update));
const names = entries.flatMap(([path], index) => (stale[index] ? [path] : []));
const verb = onlyCheck ? 'out of date, run npm run generate:' : 'written:';
if (names.length > 0) process.stdout.write(`${verb} ${names.join(', ')}\n`);
if (onlyCheck && names.length > 0) process.exitCode = 1;
