import { humanSeconds } from '../../core/index.ts';
import type { BuildReport } from '../build-report.ts';
import { adviceSection } from './advice-section.ts';
import { failureSection } from './failure-section.ts';
import { imageSection } from './image-section.ts';
import { code } from './inert-text.ts';
import { webAddress } from './link.ts';
import { platformSection } from './platform-section.ts';
import { signatureSection } from './signature-section.ts';
import { sourceSection } from './source-section.ts';
import { timelineSection } from './timeline-section.ts';
import { warningSection } from './warning-section.ts';

/** Bytes: half of what GitHub takes of one step, since it shows nothing at all of more, and others may write too. */
const largest = 512 * 1024;

export interface SummaryFacts {
  /** Where people see the run whose summary this is. */
  readonly runUrl?: string;
}

/** In the order in which they are read; what matters less goes first when there is too much. */
const sections: readonly {
  readonly name: string;
  readonly importance: number;
  readonly print: (report: BuildReport) => string[];
}[] = [
  { name: 'why it failed', importance: 8, print: failureSection },
  { name: 'source', importance: 7, print: sourceSection },
  { name: 'images', importance: 6, print: imageSection },
  { name: 'platforms', importance: 4, print: platformSection },
  { name: 'signatures', importance: 5, print: signatureSection },
  { name: 'timeline', importance: 2, print: timelineSection },
  { name: 'warnings', importance: 3, print: warningSection },
  { name: 'advice', importance: 1, print: adviceSection },
];

/**
 * A build as the summary of a job in GitHub's Markdown, however it ended. Nothing in the report can render as markup,
 * link, image, mention or HTML, and it stays below 1 MiB whatever the report holds.
 */
export function markdownSummary(report: BuildReport, { runUrl }: SummaryFacts = {}): string {
  const head = headline(report).join('\n');
  const printed = sections
    .map(({ print, ...section }) => ({ ...section, text: print(report).join('\n') }))
    .filter(({ text }) => text !== '');
  const address = webAddress(runUrl);
  const foot = address === undefined ? [] : [`[Log of this run](${address})`];
  const { kept, cut } = fitting(printed, largest - Buffer.byteLength([head, ...foot].join('\n')));
  const note = cut.length === 0 ? [] : [`> Too much for a summary, see the report for: ${cut.join(', ')}`];
  return `${[head, ...kept, ...note, ...foot].join('\n\n')}\n`;
}

function headline(report: BuildReport): string[] {
  const done = report.reuse?.state === 'reused' ? '✓ Reused' : '✓ Built';
  const word = { Succeeded: done, Failed: '✗ Failed:', Canceled: '✗ Cancelled:' }[report.status];
  const took = report.seconds === 0 ? '' : ` in ${humanSeconds(report.seconds)}`;
  const name = report.image_name === '' ? 'a build' : code(report.image_name);
  return [`## ${word} ${name}${took}`, ...(report.digest === '' ? [] : ['', code(report.digest)])];
}

interface Printed {
  readonly name: string;
  readonly importance: number;
  readonly text: string;
}

function fitting(printed: readonly Printed[], room: number): { kept: string[]; cut: string[] } {
  let left = room;
  const fits = new Set<Printed>();
  for (const section of printed.toSorted((a, b) => b.importance - a.importance)) {
    left -= Buffer.byteLength(section.text) + 2;
    if (left < 0) break;
    fits.add(section);
  }
  const kept = printed.filter((section) => fits.has(section)).map(({ text }) => text);
  return { kept, cut: printed.filter((section) => !fits.has(section)).map(({ name }) => name) };
}
