/** One entry of a commit's tree that is not a folder. */
export interface TreeEntry {
  /** As `100644`, `120000` for a link, `160000` for a submodule. */
  readonly mode: string;
  /** Of the file, or the commit of a submodule. */
  readonly id: string;
  /** Zero for a submodule. */
  readonly bytes: number;
  readonly untrustedPath: string;
}

/** Bytes; no file system takes a longer path, by far. */
const longestEntry = 16 * 1024;
const entryPattern = /^([0-7]{6}) [a-z]+ ([0-9a-f]+) +(-|[0-9]+)\t(.*)$/s;

/** The options of `git ls-tree` whose output a tree reader takes. */
export const treeListing = ['ls-tree', '-r', '-z', '-l', '--full-tree'] as const;

/** Takes the output of `git ls-tree` piece by piece. `onEntry` gets undefined for what cannot be read. */
export function treeReader(onEntry: (entry: TreeEntry | undefined) => void): (chunk: Uint8Array) => void {
  let rest: Buffer = Buffer.alloc(0);
  return (chunk) => {
    const bytes = rest.length === 0 ? Buffer.from(chunk) : Buffer.concat([rest, chunk]);
    let start = 0;
    for (let end = bytes.indexOf(0); end >= 0; end = bytes.indexOf(0, start)) {
      onEntry(readEntry(bytes.subarray(start, end)));
      start = end + 1;
    }
    rest = bytes.subarray(start);
    if (rest.length > longestEntry) {
      rest = Buffer.alloc(0);
      onEntry(undefined);
    }
  };
}

function readEntry(bytes: Buffer): TreeEntry | undefined {
  if (bytes.length > longestEntry) return undefined;
  const [, mode, id, size, untrustedPath] = entryPattern.exec(bytes.toString()) ?? [];
  if (mode === undefined || id === undefined || untrustedPath === undefined) return undefined;
  return { mode, id, bytes: size === '-' ? 0 : Number(size), untrustedPath };
}
