import { humanBytes, humanSeconds } from '../../core/index.ts';
import type { BuildReport } from '../build-report.ts';
import { cell } from './inert-text.ts';
import { some } from './some.ts';
import { table } from './table.ts';

const shownPlatforms = 30;

/** A row for each platform: how large, how long, and what the cache answered. */
export function platformSection({ platforms, resumed }: BuildReport): string[] {
  if (platforms.length === 0) return [];
  const { shown, rest } = some(platforms, shownPlatforms, 'platforms');
  const rows = shown.map(({ platform, size, seconds, steps, cached_steps, digest }) => [
    cell(platform),
    humanBytes(size),
    humanSeconds(seconds),
    `${cached_steps} of ${steps}`,
    cell(digest),
  ]);
  const titles = ['platform', 'size', 'time', 'cached steps', 'digest'];
  const earlier = resumed ? ['', 'Built by an earlier run, which could not publish it.'] : [];
  return ['### Platforms', '', ...table(titles, rows, ['size', 'time', 'cached steps']), ...rest, ...earlier];
}
