import type { BuildReport } from '../build-report.ts';
import { cell, code, fence } from './inert-text.ts';
import { isShellWord } from './shell-word.ts';
import { some } from './some.ts';
import { table } from './table.ts';

const shownRepositories = 50;
const shownPulls = 10;
const shownTags = 100;
/** Characters; the longest that the distribution spec allows. */
const longestTag = 128;

const states = {
  tagged: 'complete, tags moved',
  pushed: 'complete by digest, no tag moved',
  missing: 'not there',
} as const;

/** A row for each image name with its digest, lines to pull it by, and the tags. */
export function imageSection(report: BuildReport): string[] {
  const { repositories, digest } = report;
  if (repositories.length === 0) return [];
  const { shown, rest } = some(repositories, shownRepositories, 'image names');
  const rows = shown.map(({ pull_repository, state }) => [
    cell(pull_repository),
    state === 'missing' ? '–' : cell(digest),
    states[state],
  ]);
  const lines = ['### Images', '', ...table(['image', 'digest', 'state'], rows), ...rest];
  return [...lines, ...tagLine(report), ...pullLines(report)];
}

function tagLine({ tags, pushed }: BuildReport): string[] {
  if (!pushed || tags.length === 0) return [];
  const { shown, rest } = some(tags, shownTags, 'tags');
  return ['', `Tags: ${shown.map((tag) => code(tag, longestTag)).join(', ')}`, ...rest];
}

/** A block for each name: by the default tag, and by digest. */
function pullLines({ repositories, digest, tags, pushed }: BuildReport): string[] {
  const there = repositories.filter(({ state }) => state !== 'missing');
  const { shown, rest } = some(there, shownPulls, 'image names to pull by');
  const blocks = shown.flatMap(({ pull_repository }) => {
    const byTag = pushed ? tags.slice(0, 1).map((tag) => `${pull_repository}:${tag}`) : [];
    const references = [...byTag, `${pull_repository}@${digest}`].filter(isShellWord);
    const lines = references.map((reference) => `docker pull ${reference}`);
    return lines.length === 0 ? [] : ['', ...fence(lines, 'sh')];
  });
  return [...blocks, ...rest];
}
