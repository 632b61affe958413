import type { BuildPlan } from '../../plan/index.ts';
import type { SignedMetadata } from '../../signing/index.ts';
import { fingerprintKey } from './find-image.ts';
import type { ReuseRecord } from './reuse-record.ts';

/** What signatures say about the build of an image. Of a reused one they all say what the first one said. */
export function signedAbout({ source }: BuildPlan, reuse: ReuseRecord | undefined): SignedMetadata {
  if (reuse?.kind === 'reused') return reuse.from;
  const { commit, repository, event, run, dirty } = source;
  return {
    ...{ commit, repository, event },
    ...(run === undefined ? {} : { run }),
    // Whoever verifies the commit must see that the image holds more than it.
    ...(dirty ? { dirty: 'true' } : {}),
    ...(reuse?.kind === 'built' && reuse.confirmed ? { [fingerprintKey]: reuse.fingerprint } : {}),
  };
}
