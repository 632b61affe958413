import type { Descriptor, Digest, Repository } from '../../oci/index.ts';
import type { BuildPlan } from '../../plan/index.ts';
import type { StoredImage } from '../../registry/index.ts';
import type { SignedMetadata } from '../../signing/index.ts';
import { platformImages } from '../platform-images.ts';
import type { EarlierImages } from '../ports.ts';

/** Under this name the signers of an image write down what it was made of. */
export const fingerprintKey = 'fingerprint';

export type FoundImage =
  | { readonly kind: 'found'; readonly image: StoredImage; readonly from: SignedMetadata }
  | { readonly kind: 'none'; readonly reason: string };

/** What is looked for. */
export interface WantedImage {
  readonly fingerprint: Digest;
  /** Where it would be in a repository: a tag, or the digest that somebody gives out for it. */
  readonly reference: string;
}

/**
 * Looks in every destination for the image of these inputs. Whoever can push there can move tags, and anybody can name a
 * digest: an image counts only if each signer of this build has itself signed that it was made of them.
 */
export async function findImage(
  earlier: EarlierImages,
  plan: BuildPlan,
  { fingerprint, reference }: WantedImage,
): Promise<FoundImage> {
  const named = await Promise.all(
    plan.destinations.map(async ({ push }) => ({
      repository: push,
      descriptor: await earlier.find(push, reference),
    })),
  );
  let reason = 'no earlier build had the same inputs';
  for (const { repository, descriptor } of named) {
    if (descriptor === undefined) continue;
    const from = await vouchedBy(earlier, { repository, descriptor }, { plan, fingerprint });
    const image = from && (await earlier.read(repository, descriptor.digest));
    if (from !== undefined && image !== undefined && isWhole(image, plan))
      return { kind: 'found', image, from };
    reason =
      from === undefined
        ? 'no signature that counts vouches for the image that is kept for these inputs'
        : 'the image that is kept for these inputs is not whole';
  }
  return { kind: 'none', reason };
}

interface Artifact {
  readonly repository: Repository;
  readonly descriptor: Descriptor;
}

interface Vouching {
  readonly plan: BuildPlan;
  readonly fingerprint: Digest;
}

/** What the first of the signers wrote about the build, if every one of them vouches for the inputs. */
async function vouchedBy(
  earlier: EarlierImages,
  artifact: Artifact,
  { plan, fingerprint }: Vouching,
): Promise<SignedMetadata | undefined> {
  const vouchers = plan.reuse?.vouchers ?? [];
  const signed = await Promise.all(vouchers.map((signer) => earlier.signedBy(signer, artifact)));
  const matching = signed.map((all) => all.find((each) => each[fingerprintKey] === fingerprint));
  return matching.includes(undefined) ? undefined : matching[0];
}

function isWhole(image: StoredImage, { platforms }: BuildPlan): boolean {
  const found = platformImages(image, platforms).map(({ platform }) => platform);
  return found.toSorted().join() === platforms.toSorted().join();
}
