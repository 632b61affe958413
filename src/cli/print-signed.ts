import { rfc3339 } from '../core/index.ts';
import { printRepository } from '../oci/index.ts';
import type { SignedTarget } from '../pipeline/index.ts';
import { neutraliseLine, printJson } from '../progress/index.ts';

/** What was signed: a line for each signature, or JSON. */
export function printSigned(signed: readonly SignedTarget[], { json }: { readonly json: boolean }): string {
  const rows = signed.flatMap(({ target, signatures }) =>
    signatures.map((signature) => ({
      image: `${printRepository(target.repository)}@${target.descriptor.digest}`,
      ...(target.platform === undefined ? {} : { platform: target.platform }),
      ...signatureRow(signature),
    })),
  );
  return json ? printJson(rows, 2) : rows.map((row) => `${neutraliseLine(lineOf(row))}\n`).join('');
}

interface Row extends ReturnType<typeof signatureRow> {
  readonly image: string;
  readonly platform?: string;
  readonly signed_by?: string;
}

function signatureRow({ signingTime, signedBy, ...rest }: SignedTarget['signatures'][number]) {
  return {
    ...rest,
    ...(signedBy === undefined ? {} : { signed_by: signedBy }),
    ...(signingTime === undefined ? {} : { signing_time: rfc3339(signingTime) }),
  };
}

function lineOf({ image, platform, signer, state, reused, signed_by }: Row): string {
  const words = [
    state.padEnd(9),
    image,
    platform,
    `by ${signer}`,
    signed_by,
    reused ? '(was there)' : undefined,
  ];
  return words.filter((word) => word !== undefined).join('  ');
}
