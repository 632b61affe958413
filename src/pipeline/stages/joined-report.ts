import type { BuildReport } from '../../report/index.ts';
import type { PushedImage } from '../ports.ts';
import { joinBuilt } from './join-built.ts';

interface Joining {
  readonly built: readonly BuildReport[];
  readonly published: BuildReport;
  /** As the registry has it; undefined when it was not found whole. */
  readonly image: PushedImage | undefined;
}

/** How it was built is the other stage's to tell; what became of it, and where, is not. */
export function joinedReport({ built, published, image }: Joining): BuildReport {
  const told = joinBuilt(built);
  const { resumed, started, slowest_steps, warnings, advice } = told;
  const [only, ...others] = built;
  return {
    ...published,
    ...{ resumed, started, slowest_steps, warnings },
    ...(advice === undefined ? {} : { advice }),
    digest: image?.root.descriptor.digest ?? (others.length === 0 ? (only?.digest ?? '') : ''),
    seconds: told.seconds + published.seconds,
    timings: [...told.timings, ...published.timings],
    // Of an earlier image this stage knows all that there is to know.
    ...(published.reuse?.state === 'reused' ? {} : figures(told, published, image)),
  };
}

function figures(
  told: ReturnType<typeof joinBuilt>,
  published: BuildReport,
  image: PushedImage | undefined,
): Pick<BuildReport, 'platforms' | 'repositories'> {
  return {
    platforms: (image?.platforms ?? []).map(({ platform, descriptor }) => {
      const known = told.platforms.find((each) => each.platform === platform);
      const { size = 0, seconds = 0, steps = 0, cached_steps = 0, node } = known ?? {};
      const on = node === undefined ? {} : { node };
      return { platform, digest: descriptor.digest, size, seconds, steps, cached_steps, ...on };
    }),
    repositories: published.repositories.map((repository) => {
      const before = told.repositories.find((each) => each.repository === repository.repository);
      const { uploaded_bytes = 0, seconds = 0 } = before ?? {};
      const state = published.pushed ? 'tagged' : before?.state === 'pushed' ? 'pushed' : 'missing';
      return { ...repository, state, uploaded_bytes, seconds };
    }),
  };
}
