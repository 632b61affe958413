import type { X509Certificate } from '@peculiar/x509';
import type { Identity } from './certificates.ts';
import { algorithmOf, signRightly } from './raw-signature.ts';

/** What an honest signer would put into an envelope. */
export interface Material {
  readonly signer: Identity;
  /** Leaf first. */
  readonly chain: readonly X509Certificate[];
  readonly payload: Uint8Array;
  readonly signingTime: Date;
}

type Members = Record<string, unknown>;

/** Each edits what an honest signer would write, at its own moment. */
export interface JwsEdits {
  /** Before signing; a text is taken as the JSON of the header. */
  readonly header?: (header: Members) => Members | string;
  readonly sign?: (data: Uint8Array) => Uint8Array;
  /** Afterwards. */
  readonly unprotected?: (header: Members) => Members;
  readonly envelope?: (members: Record<string, string | Members>) => Members | string;
}

/** An envelope made by hand, apart from the product's own code: right without edits. */
export function forgeJws(material: Material, edits: JwsEdits = {}): Uint8Array {
  const { signer, chain, payload, signingTime } = material;
  const honest = {
    alg: algorithmOf(signer.privateKey).jws,
    cty: 'application/vnd.cncf.notary.payload.v1+json',
    crit: ['io.cncf.notary.signingScheme'],
    'io.cncf.notary.signingScheme': 'notary.x509',
    'io.cncf.notary.signingTime': timeText(signingTime),
  };
  const header = edits.header?.(honest) ?? honest;
  const [first, second] = [typeof header === 'string' ? header : JSON.stringify(header), payload].map(
    (part) => Buffer.from(part).toString('base64url'),
  ) as [string, string];
  const data = Buffer.from(`${first}.${second}`);
  const signature = edits.sign?.(data) ?? signRightly(signer.privateKey, data);
  const unprotected = {
    x5c: chain.map(({ rawData }) => Buffer.from(rawData).toString('base64')),
    'io.cncf.notary.signingAgent': 'forger/1',
  };
  const members = {
    payload: second,
    protected: first,
    header: edits.unprotected?.(unprotected) ?? unprotected,
    signature: Buffer.from(signature).toString('base64url'),
  };
  const envelope = edits.envelope?.(members) ?? members;
  return Buffer.from(typeof envelope === 'string' ? envelope : JSON.stringify(envelope));
}

/** RFC 3339 with whole seconds. */
export function timeText(time: Date): string {
  return time.toISOString().replace(/\.\d+Z$/, 'Z');
}
