import type { X509Certificate } from '@peculiar/x509';
import { isIssuedBy } from '../certificates/issued-by.ts';

/** Certificates that nobody trusts by themselves, and those that somebody does. */
export interface PathMaterial {
  readonly intermediates: readonly X509Certificate[];
  readonly roots: readonly X509Certificate[];
}

/** A chain from `leaf` to one of the roots; undefined when there is none. Looks at each certificate once. */
export function findPath(leaf: X509Certificate, material: PathMaterial): X509Certificate[] | undefined {
  const unseen = new Set(material.intermediates);
  const climb = (chain: readonly X509Certificate[], last: X509Certificate): X509Certificate[] | undefined => {
    const root = material.roots.find((candidate) => isIssuedBy(last, candidate));
    if (root) return root.equal(last) ? [...chain] : [...chain, root];
    for (const issuer of unseen) {
      if (!isIssuedBy(last, issuer)) continue;
      unseen.delete(issuer);
      const found = climb([...chain, issuer], issuer);
      if (found) return found;
    }
    return undefined;
  };
  return climb([leaf], leaf);
}
