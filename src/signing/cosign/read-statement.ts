import { reasonOf } from '../../core/index.ts';
import type { Digest } from '../../oci/index.ts';
import { asMembers, parseStrictJson } from '../envelope/strict-json.ts';
import { malformed } from '../envelope/untrusted-envelope.ts';
import { SignatureRejected } from '../signed-envelope.ts';
import { signaturePredicate, statementType } from './bundle-format.ts';
import { readMembers } from './read-members.ts';

/** One artifact that a statement is about. */
export interface StatementSubject {
  /** Hexadecimal, by the name of the algorithm. */
  readonly digests: ReadonlyMap<string, unknown>;
  /** What the signer wrote beside it, as far as it is text. */
  readonly metadata: Readonly<Record<string, string>>;
}

/** in-toto attestation framework v1.1, "ResourceDescriptor". */
const subjectMembers = ['name', 'uri', 'digest', 'content', 'downloadLocation', 'mediaType', 'annotations'];

/**
 * The artifacts that an in-toto statement signs as images; undefined when it says something else about them, as
 * provenance or a bill of materials. Throws SignatureRejected with `payload.malformed`.
 */
export function readStatement(payload: Uint8Array): readonly StatementSubject[] | undefined {
  try {
    return signedSubjects(payload);
  } catch (cause) {
    throw new SignatureRejected('payload.malformed', reasonOf(cause), { cause });
  }
}

/** The subject that is this artifact; undefined when there is none. */
export function subjectWith(
  subjects: readonly StatementSubject[],
  digest: Digest,
): StatementSubject | undefined {
  const [algorithm = '', hex] = digest.split(':');
  return subjects.find(({ digests }) => digests.get(algorithm) === hex);
}

function signedSubjects(payload: Uint8Array): readonly StatementSubject[] | undefined {
  const what = 'the signed statement';
  const parsed = parseStrictJson(payload, what);
  const predicateType = asMembers(parsed, what).get('predicateType');
  if (typeof predicateType !== 'string') throw malformed(`${what} has no type of predicate`);
  if (predicateType !== signaturePredicate) return undefined;
  const statement = readMembers(parsed, ['_type', 'subject', 'predicateType', 'predicate'], what);
  if (statement.get('_type') !== statementType) throw malformed(`${what} is not of type ${statementType}`);
  asMembers(statement.get('predicate') ?? {}, 'the predicate');
  const subjects = statement.get('subject');
  if (!Array.isArray(subjects) || subjects.length === 0) throw malformed(`${what} has no subject`);
  return subjects.map(readSubject);
}

function readSubject(untrusted: unknown): StatementSubject {
  const subject = readMembers(untrusted, subjectMembers, 'a subject');
  const annotations = asMembers(subject.get('annotations') ?? {}, 'the annotations of a subject');
  const texts = [...annotations].filter((entry): entry is [string, string] => typeof entry[1] === 'string');
  return {
    digests: asMembers(subject.get('digest'), 'the digest of a subject'),
    metadata: Object.fromEntries(texts),
  };
}
