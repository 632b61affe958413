import { isFailure, reasonOf } from '../core/index.ts';
import type { BuildReport } from './build-report.ts';

/** Why a build failed, as the report has it; of a build elsewhere, why it failed there. */
export function errorReport(error: unknown): NonNullable<BuildReport['error']> {
  if (!isFailure(error)) return { code: 'internal', message: reasonOf(error) };
  const { code, message, hint } = error;
  const known = Object.entries({ hint, ...placeOf(error) }).filter(([, value]) => value !== undefined);
  const there = isFailure(error, 'run.failed') ? error.details.cause : undefined;
  return { code: there ?? code, message, ...Object.fromEntries(known) };
}

function placeOf(error: unknown): Partial<NonNullable<BuildReport['error']>> {
  if (isFailure(error, 'run.failed')) return { file: error.details.file, line: error.details.line };
  if (!isFailure(error, 'build.failed')) return {};
  const { file, line, platform, instruction: step, output } = error.details;
  return { file, line, platform, step, output: output.length === 0 ? undefined : [...output] };
}
