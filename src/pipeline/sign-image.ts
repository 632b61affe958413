import { type PlatformTarget, signingTargets } from '../signing/index.ts';
import { uniqueTagValues } from '../tags/index.ts';
import { platformImages } from './platform-images.ts';
import type { Publication, Publisher } from './ports.ts';
import type { Run } from './run.ts';
import { signTargets } from './sign-targets.ts';

/** Has the image signed in every repository, index and platforms. All of it, or the first failure stands for all. */
export async function signImage(run: Run, publisher: Publisher, image: Publication): Promise<void> {
  const { plan, record, stages } = run;
  if (plan.signing.kind === 'unsigned') return;
  await stages.run('sign', `signing by ${plan.signing.signers.join(', ')}`, async () => {
    const targets = targetsOf(run, image);
    const { signed, failure } = await signTargets({ ...run, targets, sign: publisher.sign });
    record.signed = signed;
    if (failure !== undefined) throw failure.error;
  });
}

function targetsOf({ plan }: Run, { layout, repositories }: Publication): readonly PlatformTarget[] {
  const { commit, repository: source, event, dirty } = plan.source;
  const image = {
    root: layout.root,
    platforms: platformImages(layout, plan.platforms),
    tags: uniqueTagValues(plan.tags),
    // Whoever verifies the commit must see that the image holds more than it.
    metadata: { commit, repository: source, event, ...(dirty ? { dirty: 'true' } : {}) },
  };
  return repositories.flatMap((repository) => signingTargets({ ...image, repository }));
}
