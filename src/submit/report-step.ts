import * as z from 'zod/mini';
import type { Timeline, TimelineRecord } from '../azure/index.ts';
import { humanBytes, readStrictJson } from '../core/index.ts';
import { type BuildReport, buildReportSchema } from '../report/index.ts';
import { ancestors } from './timeline-tree.ts';

/** The step that prints the report, here and in deployed pipelines. */
const stepName = 'print_image_build_report';
const [firstLine, lastLine] = ['---IMAGE BUILD REPORT---', '---END OF IMAGE BUILD REPORT---'];
/** Characters; tags and platforms are few, warnings are cut before. */
export const largestReport = 8 * 1024 * 1024;

/**
 * The records of the step that prints the report, whoever else calls itself so: steps of the pipeline's own in a job,
 * which build output cannot make. There is one in a run that came that far.
 */
export function reportSteps(timeline: Timeline): readonly TimelineRecord[] {
  return timeline.records.filter((record) => isReportStep(timeline, record));
}

function isReportStep(timeline: Timeline, record: TimelineRecord): boolean {
  const { type, name, refName, taskName } = record;
  if (type !== 'Task' || taskName === undefined || (name !== stepName && refName !== stepName)) return false;
  return ancestors(timeline, record).some((above) => above.type === 'Job');
}

export type ReadReport =
  | { readonly kind: 'report'; readonly report: BuildReport }
  | { readonly kind: 'none'; readonly reason: string };

/** The report of a run that has ended, of those that its steps were seen to print. */
export function reportOfRun(
  timeline: Timeline,
  printed: (recordId: string) => ReadReport | undefined,
): ReadReport {
  const [step, ...others] = reportSteps(timeline);
  if (step === undefined) return none('the step that prints it did not run');
  if (others.length > 0) return none(`more than one step calls itself "${stepName}"`);
  return printed(step.id) ?? none(`step "${stepName}" has left no log`);
}

/** The report in what that step printed: between two lines, once. Undefined stands for more than any report has. */
export function readPrintedReport(untrustedLines: readonly string[] | undefined): ReadReport {
  if (untrustedLines === undefined) return none(`it is larger than ${humanBytes(largestReport)}`);
  const lines = untrustedLines.map((line) => line.trim());
  const [first, last] = [lines.indexOf(firstLine), lines.lastIndexOf(lastLine)];
  if (first < 0 || last < first) return none('its step printed none');
  if (lines.lastIndexOf(firstLine) !== first || lines.indexOf(lastLine) !== last)
    return none('its step printed more than one');
  const json = readStrictJson(Buffer.from(untrustedLines.slice(first + 1, last).join('\n')));
  if (json.kind !== 'value') return none('it is not JSON');
  const report = parseReport(json.value);
  if (report === undefined) return none('it is not understood');
  const masked = maskedField(report);
  return masked === undefined
    ? { kind: 'report', report }
    : none(`the agent masked a part of its "${masked}", which is like the value of a secret`);
}

function none(reason: string): ReadReport {
  return { kind: 'none', reason };
}

/** What the agent puts in the place of a secret, wherever its value occurs. */
const mask = '***';

/** A field that names something and has been masked, so that it names something else. */
function maskedField(report: BuildReport): string | undefined {
  const fields = ['digest', 'image_name', 'repository_path', 'images_list', 'tags'] as const;
  return fields.find((field) => [report[field]].flat().some((text) => text.includes(mask)));
}

/** How the step prints a report. */
export function printedReport(json: string): string {
  return `${firstLine}\n${json.trimEnd()}\n${lastLine}\n`;
}

/** What deployed pipelines report; with a version it is a report of ours, of another one. */
const deployedSchema = z.object({
  version: z.optional(z.never()),
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
