export type { BuildReport } from './build-report.ts';
export { buildReportSchema } from './build-report.ts';
export { earlyFailureReport } from './early-failure-report.ts';
export { errorReport } from './error-report.ts';
export { joinReports } from './join-reports.ts';
export { markdownSummary } from './markdown/markdown-summary.ts';
export { buildReportJsonSchema } from './report-schema.ts';
export { summarizeReport } from './summarize.ts';
export { clearFile, writeFileWhole } from './write-file-whole.ts';
