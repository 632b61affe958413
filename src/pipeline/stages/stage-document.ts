import { ImageBuilderError, reasonOf } from '../../core/index.ts';
import { type Digest, digestOf, matchesDigest } from '../../oci/index.ts';

/** The stages that hand something on, each in a job of its own with credentials of its own. */
export type StageKind = 'identified' | 'built' | 'published';

/** Of the form below; a stage reads no other. */
const version = 2;

/** Bytes; plans have some thousand, and build arguments may hold files. */
export const largestDocument = 8 * 1024 * 1024;

/** What a stage hands on, and the digest by which the pipeline names it to the next one. */
export interface StageDocument {
  readonly bytes: Uint8Array;
  readonly digest: Digest;
}

/** Writes a document down. `content` is JSON. */
export function writeDocument(kind: StageKind, content: object): StageDocument {
  const bytes = Buffer.from(`${JSON.stringify({ version, kind, content })}\n`);
  return { bytes, digest: digestOf(bytes) };
}

export interface ExpectedDocument {
  readonly kind: StageKind;
  /**
   * From whoever runs the stages, not from where the document was kept: pipelines pass on output variables of a job,
   * which later jobs cannot change.
   */
  readonly digest: Digest;
  /** For messages. */
  readonly path: string;
}

/**
 * The content of a document. Throws `request.invalid` when it was changed on the way, is of another stage, or was
 * written by another version of this program.
 */
export function readDocument(bytes: Uint8Array, { kind, digest, path }: ExpectedDocument): unknown {
  if (!matchesDigest(bytes, digest))
    throw refused(
      path,
      `has digest ${digestOf(bytes)}, expected ${digest}`,
      'it was changed, or is of another run',
    );
  const { content, ...head } = parse(bytes, path);
  if (head.version !== version)
    throw refused(
      path,
      `is of version ${JSON.stringify(head.version)}, expected ${version}`,
      'run all stages with one version',
    );
  if (head.kind !== kind)
    throw refused(
      path,
      `is what stage ${JSON.stringify(head.kind)} hands on, expected "${kind}"`,
      'name the document of the right stage',
    );
  return content;
}

function parse(bytes: Uint8Array, path: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return { ...value };
    throw new Error('no JSON object');
  } catch (cause) {
    throw refused(path, `cannot be read: ${reasonOf(cause)}`, 'name the document of the stage before', cause);
  }
}

function refused(path: string, fault: string, hint: string, cause?: unknown): ImageBuilderError {
  const message = `stage document "${path}" ${fault}`;
  return new ImageBuilderError('request.invalid', message, { field: path }, { hint, cause });
}
