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
  const error = reports.map((report) => report.error).find((each) => each !== undefined);
  const advice = once(reports.flatMap((report) => report.advice ?? []));
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
    ...(advice.length === 0 ? {} : { advice }),
    ...(error === undefined ? {} : { error }),
  };
}

/** Every node complains of the same Dockerfile. */
function distinct(warnings: BuildReport['warnings']): BuildReport['warnings'] {
  return [...new Map(warnings.map((warning) => [JSON.stringify(warning), warning])).values()];
}

/** Each node reads the same Dockerfile, and says of a line what it knows: the first to speak of it is heard. */
function once(advice: NonNullable<BuildReport['advice']>): NonNullable<BuildReport['advice']> {
  const said = Map.groupBy(advice, ({ rule, file, line }) => JSON.stringify([rule, file, line]));
  return [...said.values()].flatMap((same) => same.slice(0, 1));
}
