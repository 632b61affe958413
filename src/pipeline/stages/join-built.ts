import type { BuildReport } from '../../report/index.ts';

type Told = Pick<
  BuildReport,
  | 'status'
  | 'resumed'
  | 'started'
  | 'slowest_steps'
  | 'warnings'
  | 'advice'
  | 'platforms'
  | 'seconds'
  | 'timings'
  | 'repositories'
  | 'error'
>;

/** As many as one report has. */
const slowestCount = 5;
/** From the worst on. */
const statuses = ['Canceled', 'Failed', 'Succeeded'] as const;

/** What the nodes that built tell together: they worked at the same time, so the slowest says how long it took. */
export function joinBuilt(reports: readonly BuildReport[]): Told {
  const longest = reports.toSorted((one, other) => other.seconds - one.seconds)[0];
  const steps = reports.flatMap(({ slowest_steps }) => slowest_steps);
  const advice = reports.flatMap((report) => report.advice ?? []);
  const error = reports.map((report) => report.error).find((each) => each !== undefined);
  return {
    status: statuses.find((each) => reports.some(({ status }) => status === each)) ?? 'Failed',
    resumed: reports.some(({ resumed }) => resumed),
    started: reports.map(({ started }) => started).sort()[0] ?? '',
    slowest_steps: steps.toSorted((one, other) => other.seconds - one.seconds).slice(0, slowestCount),
    warnings: distinct(reports.flatMap(({ warnings }) => warnings)),
    platforms: reports.flatMap(({ platforms }) => platforms),
    seconds: longest?.seconds ?? 0,
    timings: longest?.timings ?? [],
    repositories: (reports[0]?.repositories ?? []).map((repository) => {
      const same = reports.flatMap(({ repositories }) =>
        repositories.filter((each) => each.repository === repository.repository),
      );
      return {
        ...repository,
        state: same.every(({ state }) => state === 'pushed') ? 'pushed' : 'missing',
        uploaded_bytes: same.reduce((total, { uploaded_bytes }) => total + uploaded_bytes, 0),
        seconds: Math.max(...same.map(({ seconds }) => seconds)),
      };
    }),
    ...(advice.length === 0 ? {} : { advice: distinct(advice) }),
    ...(error === undefined ? {} : { error }),
  };
}

/** Every node tells of the same Dockerfile. */
function distinct<T>(told: readonly T[]): T[] {
  return [...new Map(told.map((each) => [JSON.stringify(each), each])).values()];
}
