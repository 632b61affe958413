import { type Digest, parseDigest } from '../../oci/index.ts';
import type { BuildPlan } from '../../plan/index.ts';
import type { EarlierImages } from '../ports.ts';
import { findImage } from '../reuse/find-image.ts';
import { fingerprintOf } from '../reuse/fingerprint.ts';
import type { HandedReuse } from '../reuse/handed-reuse.ts';
import type { ReuseRecord } from '../reuse/reuse-record.ts';
import { type BuiltPart, refusedPart } from './built-part.ts';

/**
 * What counts of that which the stage that builds says of reuse. It may say which inputs there were; the fingerprint is
 * worked out of the plan here, so that it is one of this image, repository, event and rule whatever was said. An earlier
 * image is looked at as if nobody had done so. Throws `request.invalid` when it is none.
 */
export async function judgeReuse(
  plan: BuildPlan,
  built: readonly BuiltPart[],
  earlier: EarlierImages,
): Promise<ReuseRecord | undefined> {
  const { obstacle, anew } = plan.reuse ?? {};
  const claim = claimOf(built);
  if (claim !== undefined) {
    if (plan.reuse === undefined || obstacle !== undefined || anew !== undefined)
      throw refusedPart('reuse', 'no earlier image may take the place of this one');
    return findReused(plan, claim, earlier);
  }
  if (plan.reuse === undefined) return undefined;
  if (obstacle !== undefined) return { kind: 'ineligible', ...obstacle };
  const handed = joinReuse(built);
  return handed.kind === 'ineligible'
    ? handed
    : { ...handed, fingerprint: fingerprintOf(plan, handed.inputs) };
}

interface Claim {
  readonly inputs: Digest;
  readonly untrustedDigest: string;
}

/**
 * Of several jobs some may find the earlier image and others not, when a registry is down or a tag moves in between. It
 * is there whole, so that one claim is enough, if nobody who could see the inputs has seen others.
 */
function claimOf(built: readonly BuiltPart[]): Claim | undefined {
  const claims = built.flatMap(({ report, reuse }) =>
    reuse?.kind === 'reused' ? [{ inputs: reuse.inputs, untrustedDigest: report.digest }] : [],
  );
  if (claims.length > 0 && inputsOf(built).size > 1)
    throw refusedPart('reuse', 'the jobs saw different inputs', 'run it again');
  return claims[0];
}

function inputsOf(built: readonly BuiltPart[]): ReadonlySet<Digest> {
  return new Set(
    built.flatMap(({ reuse }) => (reuse === undefined || reuse.kind === 'ineligible' ? [] : [reuse.inputs])),
  );
}

/** What jobs say together that all have built: only inputs that every one of them saw are those of the image. */
function joinReuse(built: readonly BuiltPart[]): Exclude<HandedReuse, { readonly kind: 'reused' }> {
  const handed = built.flatMap(({ reuse }) => (reuse === undefined ? [] : [reuse]));
  const obstacle = handed.find((each) => each.kind === 'ineligible');
  if (obstacle !== undefined) return obstacle;
  const known = handed.filter((each) => each.kind === 'built');
  const [first] = known;
  if (first === undefined || known.length < built.length)
    return { kind: 'ineligible', reason: 'nothing is known of what went into it' };
  if (inputsOf(built).size > 1) return { kind: 'ineligible', reason: 'the jobs saw different inputs' };
  return known.find(({ confirmed }) => !confirmed) ?? first;
}

async function findReused(
  plan: BuildPlan,
  { inputs, untrustedDigest }: Claim,
  earlier: EarlierImages,
): Promise<ReuseRecord> {
  const reference = parseDigest(untrustedDigest);
  if (reference === undefined) throw refusedPart('digest', `"${untrustedDigest}" is no digest`);
  const fingerprint = fingerprintOf(plan, inputs);
  const found = await findImage(earlier, plan, { fingerprint, reference });
  if (found.kind === 'none')
    throw refusedPart('reuse', `"${reference}" is no earlier image of this one: ${found.reason}`, wayOut);
  const { image, from } = found;
  return { kind: 'reused', fingerprint, inputs, image, from };
}

const wayOut =
  'run it again: what nobody vouches for is built; if that does not help, the machine that builds has other certificates or another trust policy than this one';
