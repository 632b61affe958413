import * as z from 'zod/mini';
import { ImageBuilderError } from '../core/index.ts';
import type { IdentifiedBuild } from '../pipeline/index.ts';
import { type BuildReport, buildReportSchema } from '../report/index.ts';
import type { CommandRun } from './commands.ts';
import { requireStage } from './stage-files.ts';

/** What the first stage handed on; its digest says that it is as that stage wrote it. */
export async function readIdentified(run: CommandRun): Promise<IdentifiedBuild> {
  return (await requireStage(run, 'identified')) as IdentifiedBuild;
}

const handedOn = z.strictObject({ request: z.string(), report: buildReportSchema });

/**
 * The report of a stage, checked to the last field: the stage that wrote it ran somebody else's code. Throws
 * `request.invalid` when it is of another request.
 */
export async function readBuiltReport(
  run: CommandRun,
  kind: 'built' | 'published',
  request: string,
): Promise<BuildReport> {
  const parsed = z.safeParse(handedOn, await requireStage(run, kind), { jitless: true });
  if (!parsed.success || Number.isNaN(Date.parse(parsed.data.report.started)))
    throw refused(kind, 'is not a build report of this version');
  if (parsed.data.request !== request) throw refused(kind, 'belongs to another request');
  return parsed.data.report;
}

function refused(kind: string, fault: string): ImageBuilderError {
  const message = `the document of stage "${kind}" ${fault}`;
  return new ImageBuilderError('request.invalid', message, { field: kind });
}
