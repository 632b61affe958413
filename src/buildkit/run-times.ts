import { parseDockerfile } from '../dockerfile/index.ts';
import type { TrackedStep } from './build-tracker.ts';
import { locateStep } from './locate-step.ts';

/** How long a RUN took for one platform. */
export interface TimedRun {
  /** 1-based line of its instruction. */
  readonly line: number;
  readonly platform: string;
  readonly seconds: number;
}

/** The times of every RUN that was carried out and not found in a cache, as far as its line is found. */
export function runTimes(steps: readonly TrackedStep[], untrustedDockerfile: string): readonly TimedRun[] {
  const stages = parseDockerfile(untrustedDockerfile);
  return steps.flatMap(({ step, completed, cached, untrustedError, seconds }) => {
    if (!completed || cached || untrustedError !== undefined) return [];
    if (step.kind !== 'instruction' || !step.untrustedText.startsWith('RUN ')) return [];
    const line = locateStep(step, stages)?.line;
    return line === undefined ? [] : [{ line, platform: step.platform, seconds }];
  });
}
