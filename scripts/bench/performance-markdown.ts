import type { Figures } from './figures.ts';
import type { Chart, Group, Measured } from './group.ts';
import { type Goal, isReached, type Row } from './row.ts';

export interface Section {
  readonly group: Group;
  readonly measured: Measured;
  readonly machine: string;
  readonly date: Date;
}

const head = `# Performance

<!-- Written by npm run bench: a section for each group of measurements. -->

The contestants take turns, round after round, in one run. Figures are medians with the fastest and the slowest run
behind them; a ratio is that of each round, and its median. Look at the ratios: the seconds are those of one machine,
and it was not idle. What a row does not reach is said at the end.
`;

/** The document with new sections in place of the old ones of the same groups, in the order of `groups`. */
export function performanceMarkdown(
  before: string,
  sections: readonly Section[],
  groups: readonly Group[],
): string {
  const written = new Map(sections.map((section) => [section.group.id, printSection(section)]));
  const kept = groups.flatMap(({ id }) => written.get(id) ?? sectionOf(before, id) ?? []);
  const notes = sectionOf(before, 'notes');
  return `${[head, ...kept, ...(notes === undefined ? [] : [notes])].join('\n')}`;
}

const begin = (id: string) => `<!-- begin ${id} -->`;
const end = (id: string) => `<!-- end ${id} -->`;

function sectionOf(text: string, id: string): string | undefined {
  const [from, to] = [text.indexOf(begin(id)), text.indexOf(end(id))];
  return from < 0 || to < from ? undefined : `${text.slice(from, to)}${end(id)}\n`;
}

function printSection({ group, measured, machine, date }: Section): string {
  const { id, title, about } = group;
  return [
    begin(id),
    `## ${title}`,
    '',
    ...about,
    '',
    `Measured on ${date.toISOString().slice(0, 10)}: ${machine}.`,
    '',
    '| what | this | against | ratio | goal |',
    '| --- | --- | --- | --- | --- |',
    ...measured.rows.map(printRow),
    '',
    ...(measured.chart === undefined ? [] : [...printChart(measured.chart), '']),
    end(id),
    '',
  ].join('\n');
}

function printRow(row: Row): string {
  const { what, unit, above, below, result } = row;
  const cell = ({ name, figures }: { name: string; figures: Figures }) => `${name}: ${spread(figures, unit)}`;
  const ratio = below === undefined ? spread(result, unit) : spread(result);
  const cells = [what, cell(above), below === undefined ? '' : cell(below), `**${ratio}**`, printGoal(row)];
  return `| ${cells.join(' | ')} |`;
}

function spread({ median, min, max }: Figures, unit?: Row['unit']): string {
  const print = (value: number) => value.toFixed(unit === 'ms' || unit === 'MB' ? 0 : 2);
  const ending = unit === undefined ? '' : ` ${unit}`;
  return `${print(median)}${ending} (${print(min)}–${print(max)})`;
}

function printGoal(row: Row): string {
  if (row.goal === undefined) return '';
  return `${words(row.goal)} ${isReached(row) ? '✓' : '✗'}`;
}

function words({ atMost, atLeast, plusSeconds }: Goal): string {
  const slack = plusSeconds === undefined ? '' : ` + ${plusSeconds} s`;
  return atMost === undefined ? `≥ ${atLeast}` : `≤ ${atMost}${slack}`;
}

function printChart({ title, unit, bars }: Chart): string[] {
  return [
    '```mermaid',
    'xychart-beta',
    `  title "${title}"`,
    `  x-axis [${bars.map(({ label }) => `"${label}"`).join(', ')}]`,
    `  y-axis "${unit}"`,
    `  bar [${bars.map(({ value }) => value.toFixed(2)).join(', ')}]`,
    '```',
  ];
}
