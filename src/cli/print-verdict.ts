import { rfc3339 } from '../core/index.ts';
import type { Descriptor } from '../oci/index.ts';
import { neutraliseLine } from '../progress/index.ts';
import type { BundleVerification, Verification } from '../signing/index.ts';

/** What was found out about one image. */
export interface ImageVerdict {
  /** As it was asked for. */
  readonly reference: string;
  readonly platform: string | undefined;
  /** What it names, or its platform. */
  readonly descriptor: Descriptor;
  /** Absent when no trust policy was to judge. */
  readonly notation: Verification | undefined;
  /** Of the trust policy document. */
  readonly trustPath: string | undefined;
  /** Absent when no key was to judge. */
  readonly cosign: BundleVerification | undefined;
}

/** The verdict as people read it; a line for each signature. */
export function printVerdict({
  reference,
  platform,
  descriptor,
  notation,
  trustPath,
  cosign,
}: ImageVerdict): string {
  const of = platform === undefined ? '' : ` (${platform})`;
  const lines = [`${reference}${of}`, `  ${descriptor.digest}  ${descriptor.mediaType}`];
  if (notation !== undefined) lines.push(...notationLines(notation, trustPath));
  if (cosign !== undefined) lines.push(...cosignLines(cosign));
  return lines.map((line) => `${indentOf(line)}${neutraliseLine(line)}\n`).join('');
}

/** Of our own making: what others wrote stands behind it, on the same line. */
function indentOf(line: string): string {
  return /^ */.exec(line)?.[0] ?? '';
}

function notationLines(verification: Verification, trustPath = ''): string[] {
  const { policy, verified, rejected } = verification;
  const by = `trust policy "${policy.name}" (${policy.level}) of ${trustPath}`;
  const none = policy.level === 'skip' ? 'which verifies nothing' : 'which accepts no signature';
  const found = verified.flatMap(({ signer, signingTime, timestamp, metadata, logged, listed }) => [
    `  verified  ${signer}, at ${rfc3339(signingTime)}${timestamp === undefined ? '' : ', timestamped'}, by ${by}`,
    ...metadataLines(metadata),
    ...logged.map(({ message }) => `            in spite of: ${message}`),
    ...(listed ? [] : ['            notation will not find it: the registry lists it as something else']),
  ]);
  const missing = verified.length > 0 ? [] : [`  UNSIGNED  by ${by}, ${none}`];
  return [...found, ...missing, ...rejectedLines({ rejected, unexamined: verification.unexamined })];
}

function cosignLines({ verified, rejected, unexamined }: BundleVerification): string[] {
  const found = verified.flatMap(({ keyPath, metadata }) => [
    `  verified  by cosign key "${keyPath}"`,
    ...metadataLines(metadata),
  ]);
  const missing = verified.length > 0 ? [] : ['  UNSIGNED  by any of the cosign keys'];
  return [...found, ...missing, ...rejectedLines({ rejected, unexamined })];
}

function metadataLines(metadata: Readonly<Record<string, string>>): string[] {
  return Object.entries(metadata).map(([name, value]) => `            ${name}=${value}`);
}

function rejectedLines({
  rejected,
  unexamined,
}: Pick<BundleVerification, 'rejected' | 'unexamined'>): string[] {
  return [
    ...rejected.map(({ digest, reason, message }) => `  rejected  ${digest}  ${reason}: ${message}`),
    ...(unexamined === 0 ? [] : [`  ${unexamined} more signatures were not looked at`]),
  ];
}

/** The verdict for programs. */
export function verdictRow({ reference, platform, descriptor, notation, cosign }: ImageVerdict) {
  const { digest, mediaType } = descriptor;
  return {
    reference,
    ...(platform === undefined ? {} : { platform }),
    digest,
    media_type: mediaType,
    verified: [notation, cosign].every((found) => found === undefined || found.verified.length > 0),
    ...(notation === undefined ? {} : { notation: notationRow(notation) }),
    ...(cosign === undefined ? {} : { cosign: cosignRow(cosign) }),
  };
}

function notationRow({ policy, verified, rejected, unexamined }: Verification) {
  const signatures = verified.map(({ signingTime, timestamp, expiry, ...rest }) => ({
    ...rest,
    signing_time: rfc3339(signingTime),
    ...(timestamp === undefined ? {} : { timestamp: rfc3339(timestamp.latest) }),
    ...(expiry === undefined ? {} : { expiry: rfc3339(expiry) }),
  }));
  return { policy, verified: signatures, rejected, unexamined };
}

function cosignRow({ verified, rejected, unexamined }: BundleVerification) {
  const signatures = verified.map(({ keyPath, ...rest }) => ({ ...rest, key_path: keyPath }));
  return { verified: signatures, rejected, unexamined };
}
