import { readFile, stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { ImageBuilderError, reasonOf } from '../core/index.ts';
import { parseDigest } from '../oci/index.ts';
import { largestDocument, readDocument, type StageKind, writeDocument } from '../pipeline/index.ts';
import { writeFileWhole } from '../report/index.ts';
import type { CommandRun } from './commands.ts';
import { one } from './one.ts';
import { setOutputVariable } from './output-variable.ts';
import { usageError } from './usage-error.ts';

/** Reads what an earlier stage handed on; undefined when it is not named. Throws `request.invalid`, `usage.invalid`. */
export async function readStage(
  { args, console }: CommandRun,
  kind: StageKind,
): Promise<unknown | undefined> {
  const path = one(args, kind);
  if (path === undefined) return undefined;
  const flag = `${kind}-digest`;
  const digest = parseDigest(one(args, flag) ?? '');
  if (digest === undefined)
    throw usageError(`--${flag}`, `"--${kind}" needs "--${flag}"`, 'it is what the stage before printed');
  return readDocument(await readSmallFile(resolve(console.directory, path)), { kind, digest, path });
}

/** The same, when there is no going on without it. */
export async function requireStage(run: CommandRun, kind: StageKind): Promise<unknown> {
  const content = await readStage(run, kind);
  if (content !== undefined) return content;
  throw usageError(`--${kind}`, `the document of the stage before is not named`, `name it with --${kind}`);
}

/** Writes what this stage hands on to `--output`, and prints its digest. */
export async function writeStage(run: CommandRun, kind: StageKind, content: object): Promise<void> {
  const { console } = run;
  const { bytes, digest } = writeDocument(kind, content);
  await writeFileWhole(resolve(console.directory, requireFlag(run, 'output')), Buffer.from(bytes).toString());
  console.stdout.write(`${digest}\n`);
  setOutputVariable(run, 'document_digest', digest);
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
