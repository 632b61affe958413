import { encode, Tagged } from 'cborg';
import type { Material } from './forge-jws.ts';
import { algorithmOf, signRightly } from './raw-signature.ts';

export type CoseMap = Map<number | string, unknown>;

/** Each edits what an honest signer would write, at its own moment. */
export interface CoseEdits {
  /** Before signing; bytes are taken as the encoded header. */
  readonly header?: (header: CoseMap) => CoseMap | Uint8Array;
  /** What is signed, before it is encoded. */
  readonly structure?: (structure: unknown[]) => unknown[];
  readonly sign?: (data: Uint8Array) => Uint8Array;
  /** Afterwards. */
  readonly unprotected?: (header: CoseMap) => CoseMap;
  readonly message?: (parts: unknown[]) => unknown;
  readonly bytes?: (bytes: Uint8Array) => Uint8Array;
}

/** An envelope made by hand, apart from the product's own code: right without edits. */
export function forgeCose(material: Material, edits: CoseEdits = {}): Uint8Array {
  const { signer, chain, payload, signingTime } = material;
  const honest: CoseMap = new Map<number | string, unknown>([
    [1, algorithmOf(signer.privateKey).cose],
    [2, ['io.cncf.notary.signingScheme']],
    [3, 'application/vnd.cncf.notary.payload.v1+json'],
    ['io.cncf.notary.signingScheme', 'notary.x509'],
    ['io.cncf.notary.signingTime', epoch(signingTime)],
  ]);
  const header = edits.header?.(honest) ?? honest;
  const protectedHeader = header instanceof Map ? encode(header) : header;
  const structure = ['Signature1', protectedHeader, new Uint8Array(), payload];
  const data = encode(edits.structure?.(structure) ?? structure);
  const signature = edits.sign?.(data) ?? signRightly(signer.privateKey, data);
  const unprotected: CoseMap = new Map<number | string, unknown>([
    [33, chain.map(({ rawData }) => new Uint8Array(rawData))],
    ['io.cncf.notary.signingAgent', 'forger/1'],
  ]);
  const parts = [protectedHeader, edits.unprotected?.(unprotected) ?? unprotected, payload, signature];
  const bytes = encode(edits.message?.(parts) ?? new Tagged(18, parts));
  return edits.bytes?.(bytes) ?? bytes;
}

/** A time as CBOR has it. */
export function epoch(time: Date): Tagged {
  return new Tagged(1, Math.floor(time.getTime() / 1000));
}
