import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { BuildPlan } from '../plan/index.ts';
import { keptImages } from './kept-images.ts';
import { makeWorkFolder, ownFolder } from './own-folder.ts';

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
  compression: 'gzip',
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
  mkdirSync(folder);
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
    ['a secret, whose value may have changed', { secrets: [{ id: 'x', kind: 'file', path: 'y' }] }],
    ['another compression', { compression: 'zstd' }],
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

  test('is not kept without a folder of our own', async () => {
    const built = join(place, 'built');
    mkdirSync(built);
    const none = keptImages({ folder: undefined, root, clock: () => now });
    await none.keep(plan, built);
    expect(existsSync(built)).toBe(true);
    expect(await none.find(plan)).toBeUndefined();
  });
});

describe('our own folder', () => {
  const own = () => ownFolder(place, () => now);

  test('is made for us alone, and the same again', async () => {
    const made = (await own()) ?? '';
    expect(statSync(made).mode & 0o777).toBe(0o700);
    expect(await own()).toBe(made);
  });

  test('loses what is older than a day, also what a killed run left behind', async () => {
    const made = (await own()) ?? '';
    const left = await makeWorkFolder(made, place);
    now = new Date(now.getTime() + 23 * 60 * 60_000);
    await own();
    expect(existsSync(left)).toBe(true);
    now = new Date(now.getTime() + 2 * 60 * 60_000);
    await own();
    expect(existsSync(left)).toBe(false);
  });

  test.each<[string, (folder: string) => void]>([
    ['others can write to it', (folder) => chmodSync(folder, 0o777)],
    [
      'it is a link',
      (folder) => {
        rmSync(folder, { recursive: true });
        mkdirSync(join(place, 'theirs'));
        symlinkSync(join(place, 'theirs'), folder);
      },
    ],
  ])('is not used when %s', async (_, prepare) => {
    prepare((await own()) ?? '');
    expect(await own()).toBeUndefined();
    expect(await makeWorkFolder(undefined, place)).toMatch(/image-builder-work-/);
  });

  test('that cannot be made is an error of the caller with the way out', async () => {
    const nowhere = join(place, 'nowhere/at/all');
    writeFileSync(join(place, 'nowhere'), '');
    expect(await ownFolder(nowhere, () => now)).toBeUndefined();
    await expect(makeWorkFolder(undefined, nowhere)).rejects.toMatchObject({ code: 'report.unwritable' });
  });
});
