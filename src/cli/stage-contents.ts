import * as z from 'zod/mini';
import { ImageBuilderError } from '../core/index.ts';
import type { IdentifiedBuild } from '../pipeline/index.ts';
import { type BuildReport, buildReportSchema } from '../report/index.ts';
import type { CommandRun } from './commands.ts';
import { readStage, requireStage } from './stage-files.ts';

/** What the first stage handed on; its digest says that it is as that stage wrote it. */
export async function readIdentified(run: CommandRun): Promise<IdentifiedBuild> {
  const [identified] = await requireStage(run, 'identified');
  return identified as IdentifiedBuild;
}

const handedOn = z.strictObject({ request: z.string(), report: buildReportSchema });

/**
 * The reports of a stage's jobs, checked to the last field: they ran somebody else's code. None when that stage handed
 * nothing on. Throws `request.invalid` when one is of another request.
 */
export async function readReports(
  run: CommandRun,
  kind: ReportingStage,
  request: string,
): Promise<readonly BuildReport[]> {
  const contents = await readStage(run, kind);
  return contents.map((content) => checkReport(content, kind, request));
}

/** The same, when there is no going on without them. */
export async function requireReports(
  run: CommandRun,
  kind: ReportingStage,
  request: string,
): Promise<readonly BuildReport[]> {
  const contents = await requireStage(run, kind);
  return contents.map((content) => checkReport(content, kind, request));
}

type ReportingStage = 'built' | 'published';

function checkReport(content: unknown, kind: ReportingStage, request: string): BuildReport {
  const parsed = z.safeParse(handedOn, content, { jitless: true });
  if (!parsed.success || Number.isNaN(Date.parse(parsed.data.report.started)))
    throw refused(kind, 'is not a build report of this version');
  if (parsed.data.request !== request) throw refused(kind, 'belongs to another request');
  return parsed.data.report;
}

function refused(kind: string, fault: string): ImageBuilderError {
  const message = `the document of stage "${kind}" ${fault}`;
  return new ImageBuilderError('request.invalid', message, { field: kind });
}
