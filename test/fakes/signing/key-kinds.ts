import { type KeySpec, keySpecOf, type SigningKey, signRaw } from '../../../src/signing/index.ts';
import { type Chain, chainUnder, ecKeys, rsaKeys } from './certificates.ts';

/** Every kind of key that the Notary Project knows. */
export const keyKinds = ['P-256', 'P-384', 'P-521', 'RSA 2048', 'RSA 3072', 'RSA 4096'] as const;
export type KeyKind = (typeof keyKinds)[number];

/** A leaf with a new key of each of these kinds, all under the same authorities. */
export async function chainsOf<K extends KeyKind>(
  authorities: Pick<Chain, 'root' | 'intermediate'>,
  kinds: readonly K[],
): Promise<Readonly<Record<K, Chain>>> {
  const chains = kinds.map(async (kind) => {
    const keys = kind.startsWith('RSA') ? await rsaKeys(Number(kind.slice(4))) : ecKeys(kind as 'P-256');
    return [kind, await chainUnder(authorities, { subject: `C=DE, ST=BW, O=Test, CN=${kind}`, keys })];
  });
  return Object.fromEntries(await Promise.all(chains)) as Record<K, Chain>;
}

/** What the product signs with. */
export function signingKeyOf({ leaf, certificates }: Chain): SigningKey {
  const spec = keySpecOf(leaf.privateKey) as KeySpec;
  return { chain: certificates, spec, sign: (data) => signRaw(spec, leaf.privateKey, data) };
}
