import { isFailure, reasonOf } from '../core/index.ts';
import type { BuildReport } from './build-report.ts';

/** Why a build failed, as the report has it. */
export function errorReport(error: unknown): NonNullable<BuildReport['error']> {
  if (!isFailure(error)) return { code: 'internal', message: reasonOf(error) };
  const { code, message, hint } = error;
  const place = isFailure(error, 'build.failed') ? error.details : undefined;
  const { file, line, platform, instruction: step } = place ?? {};
  const output = place?.output.length === 0 ? undefined : place?.output;
  const known = Object.entries({ hint, file, line, platform, step, output });
  return { code, message, ...Object.fromEntries(known.filter(([, value]) => value !== undefined)) };
}
