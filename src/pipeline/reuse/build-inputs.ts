import type { Digest } from '../../oci/index.ts';

/** What the checkout contributes to an image. */
export interface InputFiles {
  /** Of the text of the Dockerfile. */
  readonly dockerfile: Digest;
  /** Of what the ignore file leaves of the context. */
  readonly context: Digest;
  /** The same of each further context, by name. */
  readonly contexts: readonly (readonly [name: string, digest: Digest])[];
}

/** Everything beside the plan that can show in an image. */
export interface BuildInputs {
  readonly files: InputFiles;
  /** What every image that the build uses stands for at the moment, by the name that it is used under. */
  readonly images: readonly (readonly [name: string, digest: Digest])[];
  readonly builder: string;
}

/** Thrown where it cannot be told what goes into an image; never leaves the folder. */
export class Unrepeatable extends Error {
  override readonly name = 'Unrepeatable';
  /** In the Dockerfile, from 1. */
  readonly line: number | undefined;

  constructor(
    message: string,
    { line, cause }: { readonly line?: number | undefined; readonly cause?: unknown } = {},
  ) {
    super(message, { cause });
    this.line = line;
  }
}
