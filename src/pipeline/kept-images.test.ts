import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { BuildPlan } from '../plan/index.ts';
import { keptImages } from './kept-images.ts';

let place: string;
let root: string;
let folder: string;
let now: Date;

const plan = {
  source: { commit: 'a'.repeat(40) },
  image: { name: 'app', dockerfile: 'Dockerfile', context: '.' },
  platforms: ['linux/amd64'],
  buildArgs: [['A', '1']],
  buildContexts: [],
  secrets: [],
  labels: { 'org.opencontainers.image.created': 'then', 'org.opencontainers.image.title': 'app' },
  attestations: { provenance: 'min', sbom: false },
  noCache: false,
  created: 'then',
} as unknown as BuildPlan;

const images = () => keptImages({ folder, root, clock: () => now });

async function keepOne() {
  const built = join(place, 'built');
  mkdirSync(built);
  writeFileSync(join(built, 'index.json'), '{}');
  await images().keep(plan, built);
}

beforeEach(() => {
  place = mkdtempSync(join(tmpdir(), 'image-builder-kept-test-'));
  [root, folder] = [join(place, 'checkout'), join(place, 'kept')];
  mkdirSync(join(root, 'src'), { recursive: true });
  writeFileSync(join(root, 'Dockerfile'), 'FROM scratch');
  writeFileSync(join(root, 'src/main.go'), 'package main');
  now = new Date();
});
afterEach(() => rmSync(place, { recursive: true }));

describe('an image that could not be published', () => {
  test('is found by the same plan at another time, and forgotten on request', async () => {
    await keepOne();
    const later = {
      ...plan,
      created: 'now',
      labels: { ...plan.labels, 'org.opencontainers.image.created': 'now' },
    };
    const found = await images().find(later);
    expect(existsSync(join(found ?? '', 'index.json'))).toBe(true);
    await images().drop(found ?? '');
    expect(await images().find(plan)).toBeUndefined();
  });

  test.each<[string, Partial<BuildPlan>]>([
    ['another commit', { source: { ...plan.source, commit: 'b'.repeat(40) } }],
    ['another build arg', { buildArgs: [['A', '2']] }],
    ['another platform', { platforms: ['linux/arm64'] }],
    ['another target', { image: { ...plan.image, target: 'x' } }],
    ['another label', { labels: { ...plan.labels, 'org.opencontainers.image.title': 'b' } }],
    ['another secret', { secrets: [{ id: 'x', kind: 'file', path: 'y' }] }],
    ['other attestations', { attestations: { provenance: 'max', sbom: false } }],
    ['the wish to run every step again', { noCache: true }],
  ])('is not found with %s', async (_, change) => {
    await keepOne();
    expect(await images().find({ ...plan, ...change })).toBeUndefined();
  });

  test.each<[string, () => void]>([
    ['a file of the context was changed', () => writeFileSync(join(root, 'src/main.go'), 'package other')],
    ['a file was touched', () => utimesSync(join(root, 'Dockerfile'), 1, 1)],
    ['a file was added', () => writeFileSync(join(root, 'src/new.go'), '')],
    ['a file was removed', () => rmSync(join(root, 'src/main.go'))],
    ['a mode was changed', () => chmodSync(join(root, 'src/main.go'), 0o755)],
    ['a link was added', () => symlinkSync('main.go', join(root, 'src/link'))],
  ])('is not found after %s', async (_, change) => {
    await keepOne();
    change();
    expect(await images().find(plan)).toBeUndefined();
  });

  test('stays found when only git worked in the checkout', async () => {
    await keepOne();
    const before = await images().find(plan);
    mkdirSync(join(root, '.git'));
    writeFileSync(join(root, '.git/index'), 'x');
    utimesSync(root, new Date(), new Date());
    expect(await images().find(plan)).toBe(before);
  });

  test('is gone after a day', async () => {
    await keepOne();
    now = new Date(now.getTime() + 25 * 60 * 60_000);
    expect(await images().find(plan)).toBeUndefined();
  });

  test('is neither kept in nor taken from a folder that others can write to', async () => {
    await keepOne();
    chmodSync(folder, 0o777);
    expect(await images().find(plan)).toBeUndefined();
    rmSync(folder, { recursive: true });
    mkdirSync(join(place, 'theirs'));
    symlinkSync(join(place, 'theirs'), folder);
    mkdirSync(join(place, 'again'));
    await images().keep(plan, join(place, 'again'));
    expect(existsSync(join(place, 'again'))).toBe(true);
  });
});
