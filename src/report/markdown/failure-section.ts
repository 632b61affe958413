import type { BuildReport } from '../build-report.ts';
import { code, fence } from './inert-text.ts';
import { link } from './link.ts';
import { fileAddress } from './source-section.ts';

const longestMessage = 4000;
const shownOutput = 50;

type ErrorReport = NonNullable<BuildReport['error']>;

/** Why not, where, and the way out. */
export function failureSection(report: BuildReport): string[] {
  const { status, error } = report;
  if (status === 'Succeeded') return [];
  const title = status === 'Canceled' ? '### Cancelled' : '### Why it failed';
  return error === undefined ? [title] : [title, '', ...errorLines(report, error)];
}

function errorLines(report: BuildReport, error: ErrorReport): string[] {
  const { code: name, message, hint, step, platform, output = [] } = error;
  const lines = [code(message, longestMessage), ''];
  if (hint !== undefined) lines.push(`- the way out: ${code(hint, longestMessage)}`);
  if (step !== undefined) lines.push(`- step: ${code(step)}`);
  if (platform !== undefined) lines.push(`- platform: ${code(platform)}`);
  lines.push(...placeLine(report, error), `- error code: ${code(name)}`);
  if (output.length > 0)
    lines.push('', 'The last lines it printed:', '', ...fence(output.slice(-shownOutput), 'text'));
  return lines;
}

function placeLine(report: BuildReport, { file, line }: ErrorReport): string[] {
  if (file === undefined) return [];
  const place = line === undefined ? file : `${file}:${line}`;
  return [`- at: ${link(place, fileAddress(report, file, line))}`];
}
