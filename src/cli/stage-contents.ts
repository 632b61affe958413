import * as z from 'zod/mini';
import { ImageBuilderError } from '../core/index.ts';
import type { IdentifiedBuild } from '../pipeline/index.ts';
import { type BuildReport, buildReportSchema } from '../report/index.ts';
import type { CommandRun } from './commands.ts';
import { readStage, requireStage } from './stage-files.ts';

/** What the first stage handed on; its digest says that it is as that stage wrote it. */
export async function readIdentified(run: CommandRun): Promise<IdentifiedBuild> {
  return (await requireStage(run, 'identified')) as IdentifiedBuild;
}

const handedOn = z.strictObject({ request: z.string(), report: buildReportSchema });

/**
 * The report of a stage, checked to the last field: the stage that wrote it ran somebody else's code. Undefined when
 * that stage handed nothing on. Throws `request.invalid` when it is of another request.
 */
export async function readReport(
  run: CommandRun,
  kind: ReportingStage,
  request: string,
): Promise<BuildReport | undefined> {
  const content = await readStage(run, kind);
  return content === undefined ? undefined : checkReport(content, kind, request);
}

/** The same, when there is no going on without it. */
export async function requireReport(
  run: CommandRun,
  kind: ReportingStage,
  request: string,
): Promise<BuildReport> {
  return checkReport(await requireStage(run, kind), kind, request);
}

type ReportingStage = 'built' | 'published';

function checkReport(content: unknown, kind: ReportingStage, request: string): BuildReport {
  const parsed = z.safeParse(handedOn, content, { jitless: true });
  if (!parsed.success) throw refused(kind, 'is not a build report of this version');
  if (parsed.data.request !== request) throw refused(kind, 'belongs to another request');
  return parsed.data.report;
}

function refused(kind: string, fault: string): ImageBuilderError {
  const message = `the document of stage "${kind}" ${fault}`;
  return new ImageBuilderError('request.invalid', message, { field: kind });
}
