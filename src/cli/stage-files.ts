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
 * Reads what an earlier stage handed on; undefined when it is not named, or handed nothing on, which an empty digest
 * says. Throws `request.invalid`, `usage.invalid`.
 */
export async function readStage(run: CommandRun, kind: StageKind): Promise<unknown | undefined> {
  const { args, console } = run;
  const named = one(args, kind);
  if (named === undefined) return undefined;
  const text = args.values.get(`${kind}-digest`)?.at(-1);
  const digests = readDigests(text ?? '');
  const usage = (what: string) =>
    usageError(`--${kind}-digest`, `"--${kind}" ${what}`, 'it is what the stage before printed');
  if (text === undefined) throw usage(`needs "--${kind}-digest"`);
  if (digests === undefined) throw usage('needs a digest, or the output variables of the jobs as JSON');
  const [first] = digests;
  if (first === undefined) return undefined;
  const path = await documentAt(resolve(console.directory, named), kind);
  const bytes = await readSmallFile(path);
  const digest = digests.find((each) => matchesDigest(bytes, each)) ?? first;
  return readDocument(bytes, { kind, digest, path });
}

/** The same, when there is no going on without it. */
export async function requireStage(run: CommandRun, kind: StageKind): Promise<unknown> {
  const content = await readStage(run, kind);
  if (content !== undefined) return content;
  throw usageError(`--${kind}`, `the document of the stage before is not named`, `name it with --${kind}`);
}

/** A digest, or those among the output variables of jobs, whose names hold that of the job; undefined for neither. */
function readDigests(untrustedText: string): readonly Digest[] | undefined {
  if (untrustedText === '') return [];
  const digest = parseDigest(untrustedText);
  if (digest !== undefined) return [digest];
  const variables = jsonOf(untrustedText);
  if (variables === null) return [];
  if (typeof variables !== 'object') return undefined;
  return Object.entries(variables).flatMap(([name, value]) => {
    const found = name.toLowerCase().endsWith(digestVariable) ? parseDigest(String(value)) : undefined;
    return found === undefined ? [] : [found];
  });
}

function jsonOf(untrustedText: string): unknown {
  try {
    return JSON.parse(untrustedText);
  } catch {
    return undefined;
  }
}

/** The file, or the one that the job of a stage put into this folder, under a name that begins with the stage's. */
async function documentAt(path: string, kind: StageKind): Promise<string> {
  const isFolder = (await stat(path).catch(() => undefined))?.isDirectory();
  if (!isFolder) return path;
  const folders = (await readdir(path)).filter((name) => name === kind || name.startsWith(`${kind}-`));
  const [only, ...others] = folders;
  if (only !== undefined && others.length === 0) return join(path, only, `${kind}.json`);
  const what = only === undefined ? 'holds no document' : `holds ${folders.length} documents`;
  throw usageError(
    path,
    `"${path}" ${what} of stage "${kind}", expected one`,
    `name its file with --${kind}`,
  );
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
