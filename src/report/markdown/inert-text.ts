import { neutralise, neutraliseLine } from '../../progress/index.ts';

const longest = 300;
const longestOutputLine = 1000;
/** Characters that are read beyond those that are shown: escape sequences take room and go. */
const margin = 2000;

/**
 * Text of others as a code span: the one place in a line of Markdown where nothing is markup, a link, a mention or
 * HTML. It becomes one line, and is cut at the limit.
 */
export function code(untrusted: string, limit: number = longest): string {
  const line = neutraliseLine(untrusted.slice(0, limit + margin));
  const text = shortTicks(cut(line, limit)).trim();
  if (text === '') return '–';
  const ticks = '`'.repeat(longestRun(text) + 1);
  const blank = text.startsWith('`') || text.endsWith('`') ? ' ' : '';
  return `${ticks}${blank}${text}${blank}${ticks}`;
}

/** The same for a cell of a table, which ends at a bar even within a code span. */
export function cell(untrusted: string): string {
  return code(untrusted.replaceAll('|', '¦'));
}

/** Lines of others as a fenced block, which can be copied with one click; `language` is ours. */
export function fence(untrustedLines: readonly string[], language: string): string[] {
  const lines = untrustedLines.flatMap((line) => {
    const parts = neutralise(line.slice(0, longestOutputLine + margin)).split('\n');
    return parts.map((part) => shortTicks(cut(part, longestOutputLine)));
  });
  const ticks = '`'.repeat(Math.max(3, longestRun(lines.join('\n')) + 1));
  return [`${ticks}${language}`, ...lines, ticks];
}

function cut(text: string, limit: number): string {
  return text.length <= limit ? text : `${text.slice(0, limit)}…`.toWellFormed();
}

/** Readers of Markdown do not know the end of a span again whose ticks are too many. */
function shortTicks(text: string): string {
  return text.replace(/`{4,}/g, '```');
}

function longestRun(text: string): number {
  return [...text.matchAll(/`+/g)].reduce((most, [run]) => Math.max(most, run.length), 0);
}
