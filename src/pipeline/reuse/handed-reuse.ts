import type { Digest } from '../../oci/index.ts';
import type { ReuseRecord } from './reuse-record.ts';

/** What the stage that builds says of reuse to the one that publishes, which has no checkout and believes none of it. */
export type HandedReuse =
  | Extract<ReuseRecord, { readonly kind: 'ineligible' }>
  /** The image is what the report says was built. */
  | {
      readonly kind: 'built';
      readonly inputs: Digest;
      readonly reason: string;
      readonly confirmed: boolean;
    }
  /** The image is the earlier one whose digest the report has. */
  | { readonly kind: 'reused'; readonly inputs: Digest };

/** Leaves out what the other stage works out for itself: the fingerprint, and who vouches for the image. */
export function handReuseOn(reuse: ReuseRecord | undefined): HandedReuse | undefined {
  if (reuse === undefined || reuse.kind === 'ineligible') return reuse;
  const { inputs } = reuse;
  if (reuse.kind === 'reused') return { kind: 'reused', inputs };
  const { reason, confirmed } = reuse;
  return { kind: 'built', inputs, reason, confirmed };
}
