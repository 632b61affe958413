import { ImageBuilderError } from '../../core/index.ts';
import type { BuildPlan } from '../../plan/index.ts';
import type { BuildReport } from '../../report/index.ts';
import { makeReport } from '../make-report.ts';
import { startRecord } from '../run-record.ts';
import { joinBuilt } from './join-built.ts';

/**
 * The report of a build that was not published, whatever the stage that built says of it: that stage ran somebody
 * else's code. What the plan knows is the plan's, nothing is signed or tagged, and nothing succeeded. `now` is for a
 * build of which nothing is known.
 */
export function unpublishedReport(plan: BuildPlan, reports: readonly BuildReport[], now: Date): BuildReport {
  if (reports.length === 0) return unbuiltReport(plan, now);
  const built = joinBuilt(reports);
  const record = startRecord(new Date(built.started));
  const planned = makeReport({ plan, record, timings: [], error: undefined, clock: () => record.started });
  const { seconds, timings, slowest_steps, warnings, advice, error, resumed } = built;
  return {
    ...planned,
    status: built.status === 'Canceled' ? 'Canceled' : 'Failed',
    ...{ seconds, timings, slowest_steps, warnings, resumed },
    ...(advice === undefined ? {} : { advice }),
    repositories: planned.repositories.map((repository) => {
      const said = built.repositories.find((each) => each.repository === repository.repository);
      return { ...repository, state: said?.state === 'pushed' ? 'pushed' : 'missing' };
    }),
    error: error ?? { code: 'publish.incomplete', message: 'the image was built, and not published' },
  };
}

function unbuiltReport(plan: BuildPlan, now: Date): BuildReport {
  const record = startRecord(now);
  const message = 'the stage that builds ended without saying how';
  const error = new ImageBuilderError('internal', message, { where: 'build' });
  return makeReport({ plan, record, timings: [], error, clock: () => now });
}
