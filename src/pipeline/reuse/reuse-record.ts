import type { Digest } from '../../oci/index.ts';
import type { StoredImage } from '../../registry/index.ts';
import type { SignedMetadata } from '../../signing/index.ts';

/** What became of the wish to go on with the image of an earlier build. */
export type ReuseRecord =
  /** Not even looked for: this image cannot be told from others by what goes into it. */
  | { readonly kind: 'ineligible'; readonly reason: string; readonly line?: number | undefined }
  | {
      readonly kind: 'built';
      readonly fingerprint: Digest;
      /** Stands for the inputs alone. */
      readonly inputs: Digest;
      /** Why there was none to go on with, or why this one will be none. */
      readonly reason: string;
      /** Whether the image is known to be made of just these inputs, so that signatures may say so. */
      readonly confirmed: boolean;
    }
  | {
      readonly kind: 'reused';
      readonly fingerprint: Digest;
      readonly inputs: Digest;
      readonly image: StoredImage;
      /** What its signer wrote about the build that made it. */
      readonly from: SignedMetadata;
    };
