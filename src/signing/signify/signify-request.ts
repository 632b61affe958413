import { ImageBuilderError } from '../../core/index.ts';
import { digestHex, printRepository } from '../../oci/index.ts';
import type { SigningTarget } from '../../signers/index.ts';

/** The body of a request to sign, as SAP's Signify has it. */
export interface SignifyRequest {
  readonly trustedCollections: readonly SignifyCollection[];
}

export interface SignifyCollection {
  /** The globally unique name: registry and repository, without a tag. */
  readonly gun: string;
  readonly targets: readonly SignifyTarget[];
}

export interface SignifyTarget {
  /** The tag. */
  readonly name: string;
  /** Of the manifest or index, not of the image. */
  readonly byteSize: number;
  /** SHA-256 of the manifest or index, 64 hexadecimal digits without the name of the algorithm. */
  readonly digest: string;
}

/** The order for one image under all its tags. Throws `signing.failed` for what the service has no words for. */
export function signifyRequest(signer: string, target: SigningTarget): SignifyRequest {
  const { repository, descriptor, tags } = target;
  const { digest, size } = descriptor;
  const refuse = (message: string, hint: string) =>
    new ImageBuilderError(
      'signing.failed',
      `signer "${signer}" cannot sign "${nameOf(target)}": ${message}`,
      { signer, failed: [nameOf(target)] },
      { hint },
    );
  if (!digest.startsWith('sha256:'))
    throw refuse('the service knows digests of sha256 alone', 'push the image with sha256 digests');
  if (tags.length === 0)
    throw refuse('the service signs by tag, and there is none', 'name the tag too, as repository:tag@digest');
  const targets = tags.map((name) => ({ name, byteSize: size, digest: digestHex(digest) }));
  return { trustedCollections: [{ gun: printRepository(repository), targets }] };
}

/** The image as messages and reports name it. */
export function nameOf({ repository, descriptor }: Pick<SigningTarget, 'repository' | 'descriptor'>): string {
  return `${printRepository(repository)}@${descriptor.digest}`;
}
