import { type PlatformTarget, signingTargets } from '../signers/index.ts';
import { uniqueTagValues } from '../tags/index.ts';
import type { Publisher, PushedImage } from './ports.ts';
import { signedAbout } from './reuse/signed-about.ts';
import type { Run } from './run.ts';
import { signTargets } from './sign-targets.ts';

/** The part of a run that signs and tags. */
export type Signing = Pick<Run, 'plan' | 'record' | 'stages' | 'emit' | 'clock'>;

/** Has the image signed in every repository, index and platforms. All of it, or the first failure stands for all. */
export async function signImage(run: Signing, publisher: Publisher, image: PushedImage): Promise<void> {
  const { plan, record, stages } = run;
  if (plan.signing.kind === 'unsigned') return;
  await stages.run('sign', `signing by ${plan.signing.signers.join(', ')}`, async () => {
    const targets = targetsOf(run, image);
    const { signed, failure } = await signTargets({ ...run, targets, sign: publisher.sign });
    record.signed = signed;
    if (failure !== undefined) throw failure.error;
  });
}

function targetsOf(
  { plan, record }: Signing,
  { root, platforms, repositories }: PushedImage,
): readonly PlatformTarget[] {
  const image = {
    root: root.descriptor,
    platforms,
    tags: uniqueTagValues(plan.tags),
    metadata: signedAbout(plan, record.reuse),
  };
  return repositories.flatMap((repository) => signingTargets({ ...image, repository }));
}
