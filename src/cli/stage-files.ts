import { readdir, readFile, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { ImageBuilderError, reasonOf } from '../core/index.ts';
import { type Digest, matchesDigest, parseDigest } from '../oci/index.ts';
import { largestDocument, readDocument, type StageKind, writeDocument } from '../pipeline/index.ts';
import { writeFileWhole } from '../report/index.ts';
import type { CommandRun } from './commands.ts';
import { one } from './one.ts';
import { setOutputVariable } from './output-variable.ts';
import { usageError } from './usage-error.ts';

/** The output variable of a job that holds the digest of what it hands on. */
const digestVariable = 'document_digest';

/**
 * Reads what the jobs of an earlier stage handed on; nothing when it is not named, or handed nothing on, which an empty
 * digest says. Throws `request.invalid`, `usage.invalid`.
 */
export async function readStage(run: CommandRun, kind: StageKind): Promise<readonly unknown[]> {
  const { args, console } = run;
  const named = one(args, kind);
  if (named === undefined) return [];
  // Unlike other flags, this one says something when it is empty.
  const text = args.values.get(`${kind}-digest`)?.at(-1);
  const digests = readDigests(text ?? '');
  const usage = (what: string) =>
    usageError(`--${kind}-digest`, `"--${kind}" ${what}`, 'it is what the stage before printed');
  if (text === undefined) throw usage(`needs "--${kind}-digest"`);
  if (digests === undefined) throw usage('needs a digest, or the output variables of the jobs as JSON');
  if (digests.length === 0) return [];
  const paths = await documentsAt(resolve(console.directory, named), kind);
  const missing = `"${named}" holds ${paths.length} of the ${digests.length} documents of stage "${kind}"`;
  if (paths.length !== digests.length) throw usageError(`--${kind}`, missing);
  return readEach(paths, digests, kind);
}

/** Each document stands for another of the digests. */
async function readEach(
  paths: readonly string[],
  digests: readonly Digest[],
  kind: StageKind,
): Promise<readonly unknown[]> {
  const left = new Set(digests);
  const contents: unknown[] = [];
  for (const path of paths) {
    const bytes = await readSmallFile(path);
    const digest = [...left].find((each) => matchesDigest(bytes, each)) ?? [...left][0];
    if (digest === undefined) throw new Error('more documents than digests');
    left.delete(digest);
    contents.push(readDocument(bytes, { kind, digest, path }));
  }
  return contents;
}

/** The same, when there is no going on without it. */
export async function requireStage(
  run: CommandRun,
  kind: StageKind,
): Promise<readonly [unknown, ...unknown[]]> {
  const [first, ...others] = await readStage(run, kind);
  if (first !== undefined) return [first, ...others];
  throw usageError(`--${kind}`, `the document of the stage before is not named`, `name it with --${kind}`);
}

/** A digest, or those among the output variables of jobs, whose names hold that of the job; undefined for neither. */
function readDigests(untrustedText: string): readonly Digest[] | undefined {
  if (untrustedText === '') return [];
  const digest = parseDigest(untrustedText);
  if (digest !== undefined) return [digest];
  const variables = jsonOf(untrustedText);
  if (variables === null) return [];
  if (typeof variables !== 'object' || Array.isArray(variables)) return undefined;
  const digests = Object.entries(variables)
    .filter(([name]) => name.toLowerCase().endsWith(digestVariable))
    .map(([, value]) => parseDigest(String(value)))
    .filter((found) => found !== undefined);
  return [...new Set(digests)];
}

function jsonOf(untrustedText: string): unknown {
  try {
    return JSON.parse(untrustedText);
  } catch {
    return undefined;
  }
}

/** The file, or those that the jobs of a stage put into this folder, under names that begin with the stage's. */
async function documentsAt(path: string, kind: StageKind): Promise<readonly string[]> {
  const isFolder = (await stat(path).catch(() => undefined))?.isDirectory();
  if (!isFolder) return [path];
  const folders = (await readdir(path)).filter((name) => name === kind || name.startsWith(`${kind}-`));
  return folders.sort().map((name) => join(path, name, `${kind}.json`));
}

/** Writes what this stage hands on to `--output`, and prints its digest. */
export async function writeStage(run: CommandRun, kind: StageKind, content: object): Promise<void> {
  const { console } = run;
  const { bytes, digest } = writeDocument(kind, content);
  await writeFileWhole(resolve(console.directory, requireFlag(run, 'output')), Buffer.from(bytes).toString());
  console.stdout.write(`${digest}\n`);
  setOutputVariable(run, digestVariable, digest);
}

/** The value of a flag that must be given. Throws `usage.invalid`. */
function requireFlag({ args }: Pick<CommandRun, 'args'>, name: string): string {
  const value = one(args, name);
  if (value !== undefined) return value;
  throw usageError(`--${name}`, `"--${name}" is missing`, 'see "image-builder pipeline --help"');
}

/** Reads a file that is no larger than a document can be. Throws `usage.invalid`. */
export async function readSmallFile(path: string): Promise<Uint8Array> {
  try {
    const { size } = await stat(path);
    if (size > largestDocument) throw new Error(`it has ${size} bytes, expected at most ${largestDocument}`);
    return await readFile(path);
  } catch (cause) {
    const message = `cannot read "${path}": ${reasonOf(cause)}`;
    throw new ImageBuilderError('usage.invalid', message, { argument: path }, { cause });
  }
}
