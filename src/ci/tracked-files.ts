import { runGit } from './git.ts';

/** Files of a checkout whose content git knows, so that it need not be read. */
export interface TrackedFiles {
  /** How git makes a name of a content. */
  readonly algorithm: 'sha1' | 'sha256';
  /** By path relative to the checkout: the name of the content, or undefined where it is another one by now. */
  readonly contents: ReadonlyMap<string, string | undefined>;
}

/** Bytes; of a longer list the end may be missing. */
const longestList = 3 * 1024 * 1024;

/** Attributes for which a file in a checkout can have other bytes than the content that git keeps of it. */
const converting = ['filter', 'text', 'eol', 'crlf', 'ident', 'working-tree-encoding'];

/** All of the metadata of a file count, whatever a repository says. */
const strict = ['core.trustctime=true', 'core.checkStat=default'].flatMap((setting) => ['-c', setting]);

/**
 * The files that lie in a checkout byte for byte as git keeps them: tracked, not hidden from comparison, of no
 * attribute that converts them. Undefined where git cannot tell.
 */
export async function trackedFiles(root: string, signal?: AbortSignal): Promise<TrackedFiles | undefined> {
  const unconverted = `:(top,attr:${converting.map((name) => `!${name}`).join(' ')})`;
  const list = ['ls-files', '--cached', '--modified', '--stage', '-v', '-z', '--', unconverted];
  const [listed, converts] = await Promise.all([
    runGit(root, [...strict, ...list], signal),
    runGit(root, ['config', '--get', 'core.autocrlf'], signal),
  ]);
  const isConverted = !['', 'false'].includes(converts.stdout.trim());
  if (listed.exitCode !== 0 || isConverted || Buffer.byteLength(listed.stdout) > longestList)
    return undefined;
  return readList(listed.stdout);
}

function readList(listed: string): TrackedFiles {
  const contents = new Map<string, string | undefined>();
  let algorithm: TrackedFiles['algorithm'] = 'sha1';
  for (const row of listed.split('\0')) {
    // State, mode, name and place in a merge, and the path: "H 100644 5626abf 0\tpath".
    const end = row.indexOf('\t');
    const [state, mode = '', id = '', place] = row.slice(0, Math.max(end, 0)).split(' ');
    if ((state !== 'H' && state !== 'C') || !mode.startsWith('100') || place !== '0') continue;
    contents.set(row.slice(end + 1), state === 'H' ? id : undefined);
    if (id.length === 64) algorithm = 'sha256';
  }
  return { algorithm, contents };
}
