import { isFailure, rfc3339 } from '../core/index.ts';
import type { BuildReport } from './build-report.ts';
import { errorReport } from './error-report.ts';

export interface EarlyFailure {
  /** Empty when the caller named none. */
  readonly imageName: string;
  readonly error: unknown;
  readonly now: Date;
  /** As far as it is known. */
  readonly source?: BuildReport['source'];
  /** Platforms that were asked for. */
  readonly platforms?: readonly string[];
}

/** The report of a build that failed before there was a plan: it says why, and that nothing was done. */
export function earlyFailureReport(failure: EarlyFailure): BuildReport {
  const { imageName, error, now, source, platforms = [] } = failure;
  return {
    version: 1,
    status: isFailure(error, 'cancelled') ? 'Canceled' : 'Failed',
    pushed: false,
    signed: false,
    resumed: false,
    image_name: imageName,
    images_list: [],
    digest: '',
    tags: [],
    repository_path: '',
    architectures: [...platforms],
    repositories: [],
    platforms: [],
    signatures: [],
    ...(source === undefined ? {} : { source }),
    started: rfc3339(now),
    seconds: 0,
    timings: [],
    slowest_steps: [],
    warnings: [],
    ...(isFailure(error, 'policy.denied') ? { policy_rule: error.details.rule } : {}),
    error: errorReport(error),
  };
}
