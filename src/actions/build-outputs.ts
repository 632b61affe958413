import { neutralise, printJson } from '../progress/index.ts';
import { markdownSummary, summarizeReport } from '../report/index.ts';
import type { SubmitResult } from '../submit/index.ts';
import type { ActionRun } from './run-action.ts';

export interface Built extends SubmitResult {
  /** Where people see the run of the workflow. */
  readonly runUrl?: string | undefined;
}

/** Hands the result on to the steps that follow, and to people; then throws why the build failed, if it did. */
export function publishResult(
  { files, print }: Pick<ActionRun, 'files' | 'print'>,
  { report, error, runUrl }: Built,
): void {
  print(neutralise(summarizeReport(report)).trimEnd());
  files.setOutput('images', JSON.stringify(report.images_list));
  files.setOutput('architectures', JSON.stringify(report.architectures));
  files.setOutput('digest', report.digest);
  files.setOutput('build-report', printJson(report).trimEnd());
  files.setOutput('adoResult', report.run?.result ?? '');
  files.setOutput('result', report.status);
  files.appendSummary(markdownSummary(report, runUrl === undefined ? {} : { runUrl }));
  if (error !== undefined) throw error;
}
