import { ImageBuilderError } from '../../core/index.ts';

/** A file that a signer's key or chain comes from. */
export interface KeyFile {
  /** Name of the signer in the configuration. */
  readonly signer: string;
  readonly path: string;
}

interface Fault {
  readonly message: string;
  readonly hint: string;
  readonly cause?: unknown;
}

/** Why this file cannot be signed with; nothing of its content goes into the message. */
export function keyFault(
  { signer, path }: KeyFile,
  { message, ...options }: Fault,
): ImageBuilderError<'signing.failed'> {
  return new ImageBuilderError(
    'signing.failed',
    `signer "${signer}": ${message}`,
    { signer, failed: [path] },
    options,
  );
}
