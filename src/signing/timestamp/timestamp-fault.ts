import { SignatureRejected } from '../signed-envelope.ts';

/** The fault of a timestamp that proves nothing. */
export function timestampFault(message: string, cause?: unknown): SignatureRejected {
  return new SignatureRejected('timestamp.wrong', `timestamp ${message}`, { cause });
}
