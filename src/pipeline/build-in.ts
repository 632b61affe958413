import { relative } from 'node:path';
import type { BuildOutcome } from '../buildkit/index.ts';
import { ImageBuilderError, isFailure } from '../core/index.ts';

/** Names files as the caller knows them, relative to the checkout, in what a build found and in how it failed. */
export async function buildIn(root: string, building: Promise<BuildOutcome>): Promise<BuildOutcome> {
  try {
    const outcome = await building;
    const warnings = outcome.warnings.map((warning) => ({ ...warning, file: relative(root, warning.file) }));
    return { ...outcome, warnings };
  } catch (error) {
    if (!isFailure(error, 'build.failed') || error.details.file === undefined) throw error;
    const { message, details, hint, cause } = error;
    const file = relative(root, error.details.file);
    throw new ImageBuilderError('build.failed', message, { ...details, file }, { hint, cause });
  }
}
