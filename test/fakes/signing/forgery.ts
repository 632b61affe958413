import type { RejectionReason } from '../../../src/signing/index.ts';
import { type CertificateOrder, type Chain, chainUnder, issueChain } from './certificates.ts';
import { type CoseEdits, forgeCose } from './forge-cose.ts';
import { forgeJws, type JwsEdits, type Material } from './forge-jws.ts';

/** One attack: a signature that must not be accepted, and why. */
export interface Forgery {
  /** What was done, in a few words. */
  readonly title: string;
  readonly mediaType: 'application/jose+json' | 'application/cose';
  readonly reason: RejectionReason;
  /** What our message must say, so that the right rule rejected it. */
  readonly says?: RegExp;
  /** Why notation accepts it although the specification forbids it; absent: notation rejects it too. */
  readonly differs?: string;
  make(stage: Stage): Promise<Uint8Array> | Uint8Array;
}

/** What forgeries are made from: authorities that verifiers trust, a leaf of them, and what is to be signed. */
export interface Stage {
  readonly chain: Chain;
  /** Signed by the leaf of `chain`. */
  readonly material: Material;
  /** The same artifact signed by another leaf of the same authorities. */
  materialOf(leaf: CertificateOrder): Promise<Material>;
}

export interface StageOptions {
  readonly payload: Uint8Array;
  readonly signingTime: Date;
  /** Absent: new authorities. */
  readonly chain?: Chain;
}

export async function openStage({ payload, signingTime, chain }: StageOptions): Promise<Stage> {
  const under = chain ?? (await issueChain());
  const sign = ({ leaf, certificates }: Chain): Material => ({
    signer: leaf,
    chain: certificates,
    payload,
    signingTime,
  });
  return {
    chain: under,
    material: sign(under),
    materialOf: async (leaf) => sign(await chainUnder(under, leaf)),
  };
}

type Row = Pick<Forgery, 'title' | 'reason' | 'says' | 'differs'>;

/** A row made by editing a right JWS envelope. */
export function jws(row: Row, edits: JwsEdits | ((stage: Stage) => JwsEdits)): Forgery {
  return {
    ...row,
    mediaType: 'application/jose+json',
    make: (stage) => forgeJws(stage.material, typeof edits === 'function' ? edits(stage) : edits),
  };
}

/** A row made by editing a right COSE envelope. */
export function cose(row: Row, edits: CoseEdits | ((stage: Stage) => CoseEdits)): Forgery {
  return {
    ...row,
    mediaType: 'application/cose',
    make: (stage) => forgeCose(stage.material, typeof edits === 'function' ? edits(stage) : edits),
  };
}

/** A row whose envelope is right and whose certificates are not. */
export function certificates(row: Row, change: (stage: Stage) => Promise<Material> | Material): Forgery {
  return {
    ...row,
    mediaType: 'application/jose+json',
    make: async (stage) => forgeJws(await change(stage)),
  };
}
