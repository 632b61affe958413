import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { JoinedReport } from '../../src/report/join-reports.ts';
import { forget, startMachine } from './machines.ts';
import { busybox, checkout, crane, imageBuilder, registry, transferImage, uniqueName } from './stage.ts';

const shared = `FROM ${busybox} AS shared\nRUN echo shared-step && head -c 32 /dev/urandom > /content\n`;
const dockerfile = `${shared}FROM shared AS one\nRUN echo one\nFROM shared AS two\nRUN echo two\n`;

interface Setting {
  readonly text?: string;
  readonly settings?: object;
  readonly env?: Readonly<Record<string, string>>;
}

async function build(images: readonly object[], args: readonly string[] = [], setting: Setting = {}) {
  const { text = dockerfile, settings = {}, env = {} } = setting;
  const folder = await checkout({
    Dockerfile: text,
    'image-builder.yaml': JSON.stringify(settings),
    'broken/Dockerfile': `FROM ${busybox}\nRUN exit 3\n`,
  });
  const matrix = join(folder, '..', `${uniqueName('matrix')}.yaml`);
  writeFileSync(matrix, JSON.stringify({ images }));
  const target = `${registry}/${uniqueName('several')}`;
  const report = join(folder, '.git', 'report.json');
  const flags = ['--matrix', matrix, '--registry', target, '--build-report-path', report];
  const ended = await imageBuilder(['build', '--platform', 'linux/amd64', ...flags, ...args], {
    ...{ cwd: folder, env },
  });
  const read = (): JoinedReport => JSON.parse(readFileSync(report, 'utf8'));
  return { ...ended, target, read };
}

describe('several images of one checkout', () => {
  test('are built by one engine, which runs what they share once, each with a report of its own', async () => {
    const ended = await build([
      { name: 'one', target: 'one' },
      { name: 'two', target: 'two', tags: ['extra'] },
    ]);
    expect(ended.exitCode, ended.stderr).toBe(0);
    const { status, builds } = ended.read();
    expect([status, builds.map((report) => report.image_name)]).toEqual(['Succeeded', ['one', 'two']]);
    expect(builds[1]?.tags).toContain('extra');
    for (const { images_list } of builds)
      for (const image of images_list) expect(await crane('digest', image)).toMatch(/^sha256:/);
    const layers = async (name: string) => {
      const [image = ''] = builds.find((report) => report.image_name === name)?.images_list ?? [];
      return JSON.parse(await crane('config', image)).rootfs.diff_ids as string[];
    };
    // The layer of the shared step is random: it is the same only where it ran once.
    expect((await layers('one'))[1]).toBe((await layers('two'))[1]);
    expect(ended.stderr).toMatch(/one: building one/);
  });

  test('do not end each other: what failed is named, and the others are published', async () => {
    const ended = await build([
      { name: 'good', target: 'one' },
      { name: 'bad', dockerfile: 'broken/Dockerfile' },
    ]);
    expect(ended.exitCode).toBe(4);
    expect(ended.stderr).toContain('error: bad: "RUN exit 3" failed');
    const { status, builds } = ended.read();
    expect([status, ...builds.map((report) => report.status)]).toEqual(['Failed', 'Succeeded', 'Failed']);
    expect(await crane('digest', builds[0]?.images_list[0] ?? '')).toBe(builds[0]?.digest);
  });

  test('keep a cache each, of which none is read for another', async () => {
    const machine = await startMachine();
    try {
      const text = `FROM ${busybox}\nARG IMAGE\nRUN head -c 100000 /dev/urandom > /slow-$IMAGE
ARG RUN_OF
RUN --mount=type=cache,target=/kept echo "$IMAGE-$RUN_OF" >> /kept/all; echo "has $(xargs < /kept/all)"\n`;
      const cache = { enabled: true, 'cache-repo': `${registry}/cache`, 'helper-image': transferImage };
      const setting = { text, settings: { cache }, env: machine.env };
      const names = [uniqueName('one'), uniqueName('two')];
      const images = names.map((name, at) => ({ name, 'build-args': [`IMAGE=${['one', 'two'][at]}`] }));
      const run = async (word: string) => {
        const ended = await build(images, ['--build-arg', `RUN_OF=${word}`, '--progress', 'plain'], setting);
        expect(ended.exitCode, ended.stderr).toBe(0);
        const warnings = (ended.stderr.match(/.*warning.*/g) ?? []).sort();
        const cached = ended.read().builds.map(({ platforms }) => platforms.map((each) => each.cached_steps));
        const has = [...ended.stderr.matchAll(/\| has (.*)/g)].map(([, words]) => words).sort();
        return { has, cached, warnings };
      };
      expect(await run('a')).toEqual({
        ...{ has: ['one-a', 'two-a'], cached: [[0], [0]] },
        warnings: names.map((name) => expect.stringMatching(`^warning: ${name}: .* there is none yet at`)),
      });
      const digests = await Promise.all(
        names.map((name) => crane('digest', `${registry}/cache/local/${name}:linux-amd64`)),
      );
      expect(new Set(digests).size).toBe(2);
      await forget(machine);
      expect(await run('b')).toEqual({
        ...{ has: ['one-a one-b', 'two-a two-b'], cached: [[1], [1]] },
        warnings: [],
      });
    } finally {
      await machine.stop();
    }
  });

  test('are not begun when one of them cannot be', async () => {
    const ended = await build([{ name: 'good' }, { name: 'Bad' }]);
    expect(ended.exitCode).toBe(2);
    expect(ended.stderr).toContain('Bad: image name "Bad" is not allowed');
    await expect(crane('ls', `${ended.target}/good`)).rejects.toThrow();
  });

  test('are told as two failures when two fail', async () => {
    const bad = (name: string) => ({ name, dockerfile: 'broken/Dockerfile' });
    const ended = await build([bad('first'), { name: 'good', target: 'one' }, bad('second')], ['--json']);
    expect(ended.exitCode).toBe(4);
    expect(ended.stderr).toContain('2 of 3 images failed; "first": "RUN exit 3" failed');
    expect(ended.stderr).toContain('failed: first, second');
    expect(JSON.parse(ended.stdout)).toMatchObject({ version: 1, status: 'Failed' });
  });
});
