import type { BuildResult, TimelineIssue, TimelineRecord } from '../azure/index.ts';
import { type Clock, ImageBuilderError, isFailure, reasonOf } from '../core/index.ts';
import { hintMark } from '../progress/index.ts';
import { type BuildReport, earlyFailureReport, errorReport } from '../report/index.ts';
import type { ParsedRequest } from '../request/index.ts';
import type { SubmitResult } from './backend.ts';
import type { EndedRun } from './follow-run.ts';
import { hideTokens } from './hide-tokens.ts';
import { withRunTimings } from './run-timings.ts';
import { placedRecords } from './timeline-tree.ts';

export interface RunFacts {
  readonly id: number;
  readonly url: string;
  /** Undefined for a run that somebody else started. */
  readonly request: ParsedRequest | undefined;
  readonly clock: Clock;
}

/**
 * How a build in a pipeline ended. The service's word decides; the report only says more. What is neither a success
 * nor a known failure is none of the first kind.
 */
export function resultOfRun(ended: EndedRun, facts: RunFacts): SubmitResult {
  const { result = 'unknown' } = ended.build;
  const told = ended.report.kind === 'report' ? ended.report.report : undefined;
  const error = whyNot(ended, told, facts);
  const report = withRunTimings(withRun(told ?? emptyReport(error, facts), facts, result), ended);
  if (error === undefined) return { report };
  const status = error.code === 'cancelled' ? 'Canceled' : 'Failed';
  return { report: { ...report, status, error: report.error ?? errorReport(error) }, error };
}

function whyNot(
  ended: EndedRun,
  told: BuildReport | undefined,
  facts: RunFacts,
): ImageBuilderError | undefined {
  const { result = 'unknown' } = ended.build;
  if (result === 'canceled' || told?.error?.code === 'cancelled') return cancelledRun(facts);
  if (told?.error !== undefined) return reported(told.error, facts);
  if (result === 'succeeded' && told?.status === 'Succeeded') return undefined;
  const failed = failedStep(ended);
  if (result !== 'succeeded' && failed !== undefined) return stepFailed(failed, facts);
  const { report } = ended;
  const reason =
    report.kind === 'none' ? `there is no report: ${report.reason}` : `its report says "${told?.status}"`;
  return runFailed(`run ${facts.id} ended as "${result}", and ${reason}`, facts);
}

function cancelledRun({ id, url }: RunFacts): ImageBuilderError<'cancelled'> {
  const hint = `see ${url}`;
  return new ImageBuilderError('cancelled', `run ${id} was cancelled`, { signal: 'pipeline' }, { hint });
}

/** The failure that another stage of the build reported, as if it had happened here. */
function reported(
  error: NonNullable<BuildReport['error']>,
  { url }: RunFacts,
): ImageBuilderError<'run.failed'> {
  const { code, message, hint, file, line } = error;
  const place = { ...(file === undefined ? {} : { file }), ...(line === undefined ? {} : { line }) };
  return new ImageBuilderError('run.failed', message, { url, cause: code, ...place }, { hint });
}

interface FailedStep {
  readonly label: string;
  readonly issues: readonly TimelineIssue[];
}

/** The first step that failed; a job or stage that failed without one was refused, or ran out of time. */
function failedStep({ timeline }: EndedRun): FailedStep | undefined {
  const failed = placedRecords(timeline).filter(({ record }) => record.result === 'failed');
  const byType = (type: TimelineRecord['type']) => failed.find(({ record }) => record.type === type);
  const first = byType('Task') ?? byType('Job') ?? byType('Stage');
  if (first === undefined) return undefined;
  const issues = first.record.issues.filter(({ kind }) => kind === 'error');
  return { label: first.label, issues };
}

function stepFailed({ label, issues }: FailedStep, facts: RunFacts): ImageBuilderError<'run.failed'> {
  const [first] = issues.filter(({ code }) => code !== undefined).concat(issues);
  if (first === undefined) return runFailed(`step "${label}" of run ${facts.id} failed`, facts);
  const { code, sourcePath, line } = first;
  const [said = '', hint] = hideTokens(withoutPlace(first)).split(hintMark);
  const message = said.trim() === '' ? `step "${label}" failed` : said;
  const details = {
    url: facts.url,
    ...(code === undefined ? {} : { cause: code }),
    ...(sourcePath === undefined ? {} : { file: sourcePath }),
    ...(line === undefined ? {} : { line }),
  };
  return new ImageBuilderError('run.failed', message, details, {
    hint: hint ?? `step "${label}"; see ${facts.url}`,
  });
}

/** The agent puts the place of an issue before its message, and says it in fields as well. */
function withoutPlace({ message, sourcePath, code }: TimelineIssue): string {
  if (sourcePath === undefined || !message.startsWith(`${sourcePath}(`)) return message;
  const mark = `: error ${code ?? ''}: `;
  const at = message.indexOf(mark);
  return at < 0 ? message : message.slice(at + mark.length);
}

function runFailed(message: string, { url }: RunFacts): ImageBuilderError<'run.failed'> {
  return new ImageBuilderError('run.failed', message, { url }, { hint: `see ${url}` });
}

/** The result of a run that could not be followed to its end. */
export function brokenOff(thrown: unknown, facts: RunFacts): SubmitResult {
  const error = isFailure(thrown)
    ? thrown
    : new ImageBuilderError('internal', reasonOf(thrown), { where: 'submit' }, { cause: thrown });
  return { report: withRun(emptyReport(error, facts), facts), error };
}

function emptyReport(error: ImageBuilderError | undefined, { request, clock }: RunFacts): BuildReport {
  return earlyFailureReport({ ...requested(request), error, now: clock() });
}

/** What a request says of the build that it asks for. */
function requested(request: ParsedRequest | undefined) {
  if (request === undefined) return { imageName: '' };
  const { owner, name, event, ref, commitSha, pullRequest } = request.source;
  const source = { event, repository: `${owner}/${name}`, commit: commitSha, ref, dirty: false };
  return {
    imageName: request.build.name ?? name,
    platforms: request.build.platforms,
    source: { ...source, ...(pullRequest === undefined ? {} : { pull_request: pullRequest }) },
  };
}

function withRun(report: BuildReport, { id, url }: RunFacts, result?: BuildResult): BuildReport {
  const run = { backend: 'azure-devops', id: String(id), url } as const;
  return { ...report, run: { ...run, ...(result === undefined ? {} : { result }) } };
}
