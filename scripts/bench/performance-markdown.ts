import type { Figures } from './measure.ts';

export interface Comparison {
  readonly what: string;
  readonly against: string;
  readonly ours: Figures;
  readonly theirs: Figures;
}

export interface Results {
  readonly starts: readonly Comparison[];
  readonly builds: readonly Comparison[];
  readonly machine: string;
  readonly date: Date;
}

/** `docs/performance.md`: what was measured, as ratios, with a picture. */
export function performanceMarkdown({ starts, builds, machine, date }: Results): string {
  return [
    '# Performance',
    '',
    `<!-- Written by npm run bench on ${date.toISOString().slice(0, 10)}. -->`,
    '',
    'The contestants take turns, round after round, in one run; the figures are medians with the fastest and the slowest',
    'run behind them. Look at the ratios: the seconds are those of one machine.',
    '',
    `Measured on: ${machine}.`,
    '',
    '## The whole command',
    '',
    'Ours does more than its rival here: it plans, pushes by digest, moves the tags last, reads the layout back and',
    'writes a report. Every run has new content, so that nothing comes from a cache but the base image.',
    '',
    ...table(builds, (seconds) => `${seconds.toFixed(2)} s`),
    '',
    ...chart(builds),
    '',
    '## Start-up',
    '',
    ...table(starts, (seconds) => `${(seconds * 1000).toFixed(0)} ms`),
    '',
  ].join('\n');
}

function table(comparisons: readonly Comparison[], print: (seconds: number) => string): string[] {
  const spread = ({ median, min, max }: Figures) => `${print(median)} (${print(min)}–${print(max)})`;
  const rows = comparisons.map(({ what, against, ours, theirs }) => {
    const ratio = (ours.median / theirs.median).toFixed(2);
    return `| ${what} | ${spread(ours)} | ${against}: ${spread(theirs)} | **${ratio}** |`;
  });
  return ['| what | ours | rival | ours / rival |', '| --- | --- | --- | --- |', ...rows];
}

function chart(comparisons: readonly Comparison[]): string[] {
  const numbers = (pick: (comparison: Comparison) => Figures) =>
    comparisons.map((each) => pick(each).median.toFixed(2)).join(', ');
  return [
    '```mermaid',
    'xychart-beta',
    '  title "Seconds; bars: ours, line: docker buildx build --push"',
    `  x-axis [${comparisons.map(({ what }) => `"${what.split(',').slice(-2).join(',').trim()}"`).join(', ')}]`,
    `  bar [${numbers(({ ours }) => ours)}]`,
    `  line [${numbers(({ theirs }) => theirs)}]`,
    '```',
  ];
}
