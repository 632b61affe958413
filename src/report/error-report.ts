import { isFailure, reasonOf } from '../core/index.ts';
import type { BuildReport } from './build-report.ts';

/** Why a build failed, as the report has it. */
export function errorReport(error: unknown): NonNullable<BuildReport['error']> {
  if (!isFailure(error)) return { code: 'internal', message: reasonOf(error) };
  const { code, message, hint } = error;
  const place = isFailure(error, 'build.failed') ? error.details : undefined;
  const known = Object.entries({ hint, file: place?.file, line: place?.line, platform: place?.platform });
  return { code, message, ...Object.fromEntries(known.filter(([, value]) => value !== undefined)) };
}
