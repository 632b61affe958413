import * as z from 'zod/mini';
import type { Timeline, TimelineRecord } from '../azure/index.ts';
import { readStrictJson } from '../core/index.ts';
import { type BuildReport, buildReportSchema } from '../report/index.ts';
import { ancestors } from './timeline-tree.ts';

/** The step that prints the report, here and in deployed pipelines. */
const stepName = 'print_image_build_report';
const [firstLine, lastLine] = ['---IMAGE BUILD REPORT---', '---END OF IMAGE BUILD REPORT---'];
/** Bytes; tags and platforms are few, warnings are cut before. */
export const largestReport = 8 * 1024 * 1024;

/**
 * The record of the step that prints the report, whoever else calls itself so: a step of the pipeline's own in a job,
 * which build output cannot make. Undefined when there is none, or more than one.
 */
export function reportStep(timeline: Timeline): TimelineRecord | undefined {
  const found = timeline.records.filter((record) => isReportStep(timeline, record));
  return found.length === 1 ? found[0] : undefined;
}

function isReportStep(timeline: Timeline, record: TimelineRecord): boolean {
  const { type, name, refName, taskName } = record;
  if (type !== 'Task' || taskName === undefined || (name !== stepName && refName !== stepName)) return false;
  return ancestors(timeline, record).some((above) => above.type === 'Job');
}

export type ReadReport =
  | { readonly kind: 'report'; readonly report: BuildReport }
  | { readonly kind: 'none'; readonly reason: string };

/** The report in what that step printed: between two lines, once. */
export function readPrintedReport(untrustedLines: readonly string[]): ReadReport {
  const lines = untrustedLines.map((line) => line.trim());
  const [first, last] = [lines.indexOf(firstLine), lines.lastIndexOf(lastLine)];
  if (first < 0 || last < first) return { kind: 'none', reason: 'it printed no report' };
  if (lines.lastIndexOf(firstLine) !== first || lines.indexOf(lastLine) !== last)
    return { kind: 'none', reason: 'it printed more than one report' };
  const json = readStrictJson(Buffer.from(untrustedLines.slice(first + 1, last).join('\n')));
  if (json.kind !== 'value') return { kind: 'none', reason: 'its report is not JSON' };
  const report = parseReport(json.value);
  return report === undefined
    ? { kind: 'none', reason: 'its report is not understood' }
    : { kind: 'report', report };
}

/** How the step prints a report. */
export function printedReport(json: string): string {
  return `${firstLine}\n${json.trimEnd()}\n${lastLine}\n`;
}

/** What deployed pipelines report. */
const deployedSchema = z.object({
  status: z.string(),
  pushed: z.boolean(),
  signed: z.boolean(),
  image_name: z.string(),
  images_list: z.nullable(z.array(z.string())),
  digest: z.optional(z.string()),
  tags: z.nullable(z.array(z.string())),
  repository_path: z.string(),
  architectures: z.nullable(z.array(z.string())),
});

function parseReport(value: unknown): BuildReport | undefined {
  const ours = z.safeParse(buildReportSchema, value, { jitless: true });
  if (ours.success) return ours.data;
  const deployed = z.safeParse(deployedSchema, value, { jitless: true });
  return deployed.success ? fromDeployed(deployed.data) : undefined;
}

const statuses = ['Succeeded', 'Failed', 'Canceled'] as const;

function fromDeployed(told: z.infer<typeof deployedSchema>): BuildReport {
  const status = statuses.find((each) => each.toLowerCase() === told.status.toLowerCase()) ?? 'Failed';
  const { pushed, signed, image_name, repository_path, digest = '' } = told;
  return {
    version: 1,
    ...{ status, pushed, signed, image_name, repository_path, digest },
    resumed: false,
    images_list: told.images_list ?? [],
    tags: told.tags ?? [],
    architectures: told.architectures ?? [],
    ...{ repositories: [], platforms: [], signatures: [], timings: [], slowest_steps: [], warnings: [] },
    started: '',
    seconds: 0,
  };
}
