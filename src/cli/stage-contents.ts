import * as z from 'zod/mini';
import { ImageBuilderError } from '../core/index.ts';
import { type Digest, isDigest } from '../oci/index.ts';
import type { BuiltPart, IdentifiedBuild } from '../pipeline/index.ts';
import { type BuildReport, buildReportSchema } from '../report/index.ts';
import type { CommandRun } from './commands.ts';
import { readStage, requireStage } from './stage-files.ts';

/** What the first stage handed on; its digest says that it is as that stage wrote it. */
export async function readIdentified(run: CommandRun): Promise<IdentifiedBuild> {
  const [identified] = await requireStage(run, 'identified');
  return identified as IdentifiedBuild;
}

const digest = z.custom<Digest>((value) => typeof value === 'string' && isDigest(value));

const handedReuse = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('ineligible'), reason: z.string(), line: z.optional(z.int()) }),
  z.strictObject({ kind: z.literal('built'), inputs: digest, reason: z.string(), confirmed: z.boolean() }),
  z.strictObject({ kind: z.literal('reused'), inputs: digest }),
]);

const handedOn = z.strictObject({
  request: z.string(),
  report: buildReportSchema,
  reuse: z.optional(handedReuse),
});

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
  return contents.map((content) => checkPart(content, kind, request).report);
}

/** The same of the stage that builds, with all that it hands on, when there is no going on without it. */
export async function requireBuilt(run: CommandRun, request: string): Promise<readonly BuiltPart[]> {
  const contents = await requireStage(run, 'built');
  return contents.map((content) => checkPart(content, 'built', request));
}

type ReportingStage = 'built' | 'published';

function checkPart(content: unknown, kind: ReportingStage, request: string): BuiltPart {
  const parsed = z.safeParse(handedOn, content, { jitless: true });
  if (!parsed.success || Number.isNaN(Date.parse(parsed.data.report.started)))
    throw refused(kind, 'is not a build report of this version');
  const { request: answered, ...part } = parsed.data;
  if (answered !== request) throw refused(kind, 'belongs to another request');
  return part;
}

function refused(kind: string, fault: string): ImageBuilderError {
  const message = `the document of stage "${kind}" ${fault}`;
  return new ImageBuilderError('request.invalid', message, { field: kind });
}
