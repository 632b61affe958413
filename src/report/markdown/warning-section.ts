import type { BuildReport } from '../build-report.ts';
import { code } from './inert-text.ts';
import { link } from './link.ts';
import { some } from './some.ts';
import { fileAddress } from './source-section.ts';

const shownWarnings = 50;

/** What BuildKit's linter says, each with its line and the page that explains it. */
export function warningSection(report: BuildReport): string[] {
  const { warnings } = report;
  if (warnings.length === 0) return [];
  const { shown, rest } = some(warnings, shownWarnings, 'warnings');
  return ['### Warnings', '', ...shown.map((warning) => warningLine(report, warning)), ...rest];
}

function warningLine(
  report: BuildReport,
  { message, file, line, url }: BuildReport['warnings'][number],
): string {
  const place = line === undefined ? file : `${file}:${line}`;
  const where = file === undefined ? '' : `${link(place ?? file, fileAddress(report, file, line))} `;
  return `- ${where}${code(message)}${explanation(url)}`;
}

/** The frontend of a build is the caller's choice: its word is no reason to send people anywhere else. */
function explanation(url: string | undefined): string {
  return url !== undefined && /^https:\/\/docs\.docker\.com\/[a-z0-9/-]{1,200}$/.test(url)
    ? ` ([explained](${url}))`
    : '';
}
