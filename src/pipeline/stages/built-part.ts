import { ImageBuilderError } from '../../core/index.ts';
import type { BuildReport } from '../../report/index.ts';
import type { HandedReuse } from '../reuse/handed-reuse.ts';

/** What one job of the stage that builds hands on. It ran somebody else's code, and may say anything. */
export interface BuiltPart {
  readonly report: BuildReport;
  readonly reuse?: HandedReuse | undefined;
}

/** Why something that was handed on is not signed. */
export function refusedPart(field: string, fault: string, hint?: string): ImageBuilderError {
  const message = `what the build stage hands on: ${fault}`;
  return new ImageBuilderError('request.invalid', message, { field }, { hint });
}
