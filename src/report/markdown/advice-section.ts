import type { BuildReport } from '../build-report.ts';
import { code } from './inert-text.ts';
import { link } from './link.ts';
import { some } from './some.ts';
import { fileAddress } from './source-section.ts';

const shownAdvice = 20;

type Advice = NonNullable<BuildReport['advice']>[number];

/** What would make the build faster, each on its line, with what that is worth. */
export function adviceSection(report: BuildReport): string[] {
  const { advice = [] } = report;
  if (advice.length === 0) return [];
  const { shown, rest } = some(advice, shownAdvice, 'pieces of advice');
  return ['### Advice', '', ...shown.map((each) => adviceLine(report, each)), ...rest];
}

function adviceLine(report: BuildReport, { rule, message, file, line, saves }: Advice): string {
  const place = line === undefined ? file : `${file}:${line}`;
  const where = file === undefined ? '' : `${link(place ?? file, fileAddress(report, file, line))} `;
  const worth = saves === undefined ? '' : `: ${code(saves)}`;
  return `- ${where}${code(rule)} ${code(message, longestMessage)}${worth}`;
}

/** Characters. */
const longestMessage = 500;
