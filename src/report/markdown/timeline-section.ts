import { humanSeconds } from '../../core/index.ts';
import { neutraliseLine } from '../../progress/index.ts';
import type { BuildReport } from '../build-report.ts';
import { code, fence } from './inert-text.ts';

const shownStages = 20;
const shownSteps = 10;
const longestName = 60;
/** Characters of a name that are looked at. */
const readName = 500;

/** A Mermaid chart of the stages, one after the other, and of the slowest steps where they lie, which a list names. */
export function timelineSection(report: BuildReport): string[] {
  const { timings, slowest_steps } = report;
  if (timings.length === 0) return [];
  const steps = slowest_steps.slice(0, shownSteps).map(({ platform, name, seconds }) => {
    const where = platform === undefined ? '' : `${code(platform)} `;
    return `- ${humanSeconds(seconds)} ${where}${code(name)}`;
  });
  return [
    '### Timeline',
    '',
    ...chart(report),
    ...(steps.length === 0 ? [] : ['', 'Slowest steps:', '', ...steps]),
  ];
}

function chart(report: BuildReport): string[] {
  const start = Date.parse(report.started);
  if (Number.isNaN(start)) return [];
  const stages = stageBars(report, start);
  const build = stages.find(({ name }) => name === 'build');
  const steps = build === undefined ? [] : stepBars(report, build.from);
  const lines = [
    'gantt',
    '  dateFormat x',
    '  axisFormat %H:%M:%S',
    '  section Stages',
    ...stages.map(printBar),
  ];
  if (steps.length > 0) lines.push('  section Slowest steps', ...steps.map(printBar));
  return fence(lines, 'mermaid');
}

interface Bar {
  readonly name: string;
  readonly seconds: number;
  /** Milliseconds since 1970. */
  readonly from: number;
}

/** `run` is the whole of a run elsewhere, in which the other stages lie. */
function stageBars({ timings }: BuildReport, start: number): Bar[] {
  const inside = timings.filter(({ stage }) => stage !== 'run');
  let from = start;
  return (inside.length === 0 ? timings : inside).slice(0, shownStages).map(({ stage, seconds }) => {
    const bar = { name: stage, seconds, from };
    from += seconds * 1000;
    return bar;
  });
}

function stepBars({ slowest_steps }: BuildReport, buildStart: number): Bar[] {
  return slowest_steps
    .slice(0, shownSteps)
    .flatMap(({ name, platform = '', seconds, after }, at) =>
      after === undefined
        ? []
        : [{ name: `${at + 1} ${plain(`${platform} ${name}`)}`, seconds, from: buildStart + after * 1000 }],
    );
}

function printBar({ name, seconds, from }: Bar): string {
  const [start, end] = [Math.round(from), Math.round(from + seconds * 1000)];
  return `  ${name} ${humanSeconds(seconds)} :${start}, ${Math.max(end, start + 1)}`;
}

/** Letters, digits and what means nothing to Mermaid. */
function plain(untrusted: string): string {
  const text = neutraliseLine(untrusted.slice(0, readName))
    .replace(/[^\p{L}\p{N}./_=-]+/gu, ' ')
    .replace(/-{2,}/g, '-');
  return [...text.trim()].slice(0, longestName).join('');
}
