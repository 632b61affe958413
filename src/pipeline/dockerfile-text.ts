import { readFile, realpath, stat } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';

/** Bytes; what is larger is left to BuildKit. */
const longest = 1024 * 1024;

/**
 * The text of a Dockerfile in a checkout, for decisions that can do without it; undefined where there is none, where it
 * leads out of the checkout, or is longer than any. Whether it can be built from is checked elsewhere.
 */
export async function dockerfileText(root: string, untrustedPath: string): Promise<string | undefined> {
  if (root === '') return undefined;
  try {
    const path = await realpath(join(root, untrustedPath));
    const inside = relative(await realpath(root), path);
    if (inside === '..' || inside.startsWith(`..${sep}`)) return undefined;
    const found = await stat(path);
    return found.isFile() && found.size <= longest ? await readFile(path, 'utf8') : undefined;
  } catch {
    return undefined;
  }
}
