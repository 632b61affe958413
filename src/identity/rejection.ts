import { ImageBuilderError } from '../core/index.ts';

/** What can be wrong with a claim, a header or a part of a token, in words that follow its name. */
const words = {
  absent: 'is not there',
  altered: 'does not fit the key of the issuer',
  bound: 'binds the token to a request, which is not at hand',
  expired: 'is too long ago',
  'for-others': 'is not what this program is called',
  forbidden: 'must not be there',
  future: 'is in the future',
  malformed: 'is malformed',
  mismatch: 'is not that of the request',
  'not-allowed': 'has a value that is not allowed',
  'not-trusted': 'is none of the trusted issuers',
  repeated: 'has a name twice',
  several: 'has several values, expected one',
  'too-early': 'is still to come',
  'too-large': 'is too large',
  unknown: 'names no usable key of the issuer',
} as const;

export type RejectionReason = keyof typeof words;

/** The refusal of a token. `claim` is a claim, a header, or a part of the token; its value is never shown. */
export function rejected(
  claim: string,
  reason: RejectionReason,
  hint?: string,
): ImageBuilderError<'identity.rejected'> {
  const message = `the token is rejected: its "${claim}" ${words[reason]}`;
  return new ImageBuilderError('identity.rejected', message, { claim, reason }, { hint });
}
