import type { BuildReport } from './build-report.ts';

/** The reports of several images that were built from one checkout. */
export interface JoinedReport {
  readonly version: 1;
  /** The worst of all. */
  readonly status: BuildReport['status'];
  /** In the order in which they were asked for. */
  readonly builds: readonly BuildReport[];
}

/** From the worst on. */
const statuses = ['Canceled', 'Failed', 'Succeeded'] as const;

/** One report of all. */
export function joinReports(builds: readonly BuildReport[]): JoinedReport {
  const status = statuses.find((each) => builds.some((build) => build.status === each)) ?? 'Succeeded';
  return { version: 1, status, builds };
}
