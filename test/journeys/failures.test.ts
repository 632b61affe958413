import { execFileSync, spawn } from 'node:child_process';
import { openSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { buildReportSchema } from '../../src/report/index.ts';
import { registryProxy } from './registry-proxy.ts';
import {
  build,
  busybox,
  checkout,
  crane,
  imageBuilder,
  program,
  registry,
  start,
  temporary,
  temporaryFolder,
  uniqueName,
} from './stage.ts';

const small = {
  Dockerfile: `FROM ${busybox}\nRUN head -c 300000 /dev/urandom > /data\nRUN head -c 300000 /dev/urandom > /more\n`,
};

/** The folders that builds work in and remove again. */
const workFolders = () =>
  readdirSync(temporary, { recursive: true, encoding: 'utf8' }).filter((name) => name.includes('work-'));

/** Whether anything on this machine runs with this text in its command line. */
function running(text: string): boolean {
  const processes = execFileSync('ps', ['-eo', 'args'], { encoding: 'utf8' }).split('\n');
  return processes.some((line) => line.includes(text) && !line.startsWith('ps '));
}

async function until(condition: () => boolean, what: string): Promise<void> {
  for (const started = Date.now(); !condition(); ) {
    if (Date.now() - started > 20_000) throw new Error(`not within 20 s: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

describe('a build that fails', () => {
  test('at a RUN says file, line, instruction and the last output, exits 4 and leaves no tag', async () => {
    const folder = await checkout({
      'images/app/Dockerfile': `# syntax comment\nFROM ${busybox} AS base\n\nRUN echo fine\nRUN echo "about to fail" && \\\n    echo "::error::not a command" && \\\n    exit 7\n`,
    });
    const name = uniqueName('failing');
    const reportFile = join(temporaryFolder(), 'report.json');
    const args = [
      '--name',
      name,
      '--dockerfile',
      'images/app/Dockerfile',
      '--registry',
      `${registry}/fail`,
      '--build-report-path',
      reportFile,
    ];
    const { exitCode, report, stderr } = await build([...args, '--progress=plain'], { cwd: folder });
    expect(exitCode).toBe(4);
    expect(report).toMatchObject({ status: 'Failed', pushed: false, digest: '', images_list: [] });
    expect(report.error).toMatchObject({ code: 'build.failed', file: 'images/app/Dockerfile', line: 5 });
    expect(JSON.parse(readFileSync(reportFile, 'utf8'))).toEqual(report);
    expect(stderr).toContain('about to fail');
    expect(stderr).toMatch(/^ {2}at images\/app\/Dockerfile:5$/m);
    expect(stderr).not.toMatch(/^\s*::error/m);
    await expect(crane('ls', `${registry}/fail/${name}`)).rejects.toThrow('NAME_UNKNOWN');
  });

  test.each([
    [
      'without Dockerfile',
      ['--dockerfile', 'images/nothing/Dockerfile'],
      'dockerfile "images/nothing/Dockerfile" does not exist',
    ],
    [
      'with a link out of the checkout',
      ['--context', 'outside'],
      'context "outside" is a link that leads out of the checkout',
    ],
    ['with a path out of the checkout', ['--context', '../..'], 'context "../.." leads out of the checkout'],
    ['with a folder for a Dockerfile', ['--dockerfile', 'images'], 'dockerfile "images" is not a file'],
  ])('%s exits 2 before anything runs', async (_, args, message) => {
    const folder = await checkout({ ...small, 'images/x': '' });
    execFileSync('ln', ['-s', '/etc', join(folder, 'outside')]);
    const { exitCode, stderr, stdout } = await imageBuilder(['build', ...args], { cwd: folder });
    expect({ exitCode, stdout, first: stderr.split('\n')[0] }).toEqual({
      exitCode: 2,
      stdout: '',
      first: `error: ${message}`,
    });
  });

  test('at an unknown target says so', async () => {
    const folder = await checkout(small);
    const { exitCode, stderr } = await build(['--target', 'nothing', '--registry', `${registry}/fail`], {
      cwd: folder,
    });
    expect(exitCode).toBe(4);
    expect(stderr).toMatch(/error: .*nothing/);
  });

  test('at a base image that does not exist names it with its line', async () => {
    const folder = await checkout({ Dockerfile: `FROM ${registry}/base/nothing:here\n` });
    const { exitCode, report } = await build(['--registry', `${registry}/fail`], { cwd: folder });
    expect(exitCode).toBe(4);
    expect(report.error?.message).toContain('base/nothing:here');
    expect(report.error?.line).toBe(1);
  });
});

describe('a configuration with mistakes', () => {
  test('shows them all at once with line and way out', async () => {
    const folder = await checkout({
      ...small,
      'image-builder.yaml': `registy: ${registry}/x\nshort-sha-length: many\ncache:\n  enabled: maybe\n`,
    });
    const { exitCode, stderr } = await imageBuilder(['plan'], { cwd: folder });
    expect(exitCode).toBe(2);
    expect(stderr).toMatch(/image-builder\.yaml:1:1: .*registy/);
    expect(stderr).toContain('"registry"');
    expect(stderr).toMatch(/image-builder\.yaml:2:19: short-sha-length/);
    expect(stderr).toMatch(/image-builder\.yaml:4:12: cache\.enabled/);
    expect(stderr).not.toContain('    at ');
  });
});

describe('a registry that fails', () => {
  test('with 503 twice is asked again, and the build succeeds', async () => {
    const folder = await checkout(small);
    let refused = 0;
    const proxy = await registryProxy(registry, (method) =>
      method === 'PUT' && refused++ < 2 ? 503 : 'pass',
    );
    const args = [
      '--name',
      uniqueName('patient'),
      '--platform',
      'linux/amd64',
      '--registry',
      `${proxy.address}/p`,
      '--progress=plain',
    ];
    const { exitCode, report, stderr } = await build(args, { cwd: folder });
    expect(exitCode).toBe(0);
    expect(refused).toBeGreaterThan(2);
    expect(stderr).toContain('503');
    await crane('validate', '--remote', report.images_list[0] ?? '', '--platform', 'linux/amd64');
  });

  test('for good half-way leaves no tag anywhere, exits 5, and a second run completes what is missing', async () => {
    const folder = await checkout(small);
    const name = uniqueName('halfway');
    let broken = true;
    let uploads = 0;
    const proxy = await registryProxy(registry, (method, path) => {
      if (!broken || !path.includes('/far/')) return 'pass';
      if (method === 'PUT') uploads++;
      return uploads > 1 ? 'cut' : 'pass';
    });
    const args = [
      '--name',
      name,
      '--platform',
      'linux/amd64',
      '--registry',
      `${registry}/near`,
      '--registry',
      `${proxy.address}/far`,
    ];
    const first = await build(args, { cwd: folder });
    expect(first.exitCode).toBe(5);
    expect(first.report).toMatchObject({
      status: 'Failed',
      pushed: false,
      images_list: [],
      error: { code: 'publish.incomplete' },
    });
    expect(first.report.repositories.map(({ state }) => state)).toEqual(['pushed', 'missing']);
    for (const place of ['near', 'far']) {
      const tags = await crane('ls', `${registry}/${place}/${name}`).catch(() => '');
      expect(tags).toBe('');
    }
    broken = false;
    const second = await build(args, { cwd: folder });
    expect(second.exitCode).toBe(0);
    expect(second.report).toMatchObject({ resumed: true, digest: first.report.digest });
    expect(second.report.images_list).toHaveLength(2);
    for (const image of second.report.images_list)
      expect(await crane('digest', image)).toBe(second.report.digest);
  }, 180_000);

  test('that refuses the login exits 3 before the build is over, and says what to do', async () => {
    const folder = await checkout({ Dockerfile: `FROM ${busybox}\nRUN sleep 60\n` });
    const proxy = await registryProxy(registry, () => 401);
    const { exitCode, stderr } = await build(
      ['--platform', 'linux/amd64', '--registry', `${proxy.address}/x`],
      { cwd: folder },
    );
    expect(exitCode).toBe(3);
    expect(stderr).toContain('docker login');
  });
});

describe('Ctrl-C', () => {
  test('during a RUN ends the build everywhere, exits 130 and leaves nothing behind', async () => {
    const marker = `sleep 99${Date.now() % 100_000}`;
    const folder = await checkout({ Dockerfile: `FROM ${busybox}\nRUN echo started && ${marker}\n` });
    const before = workFolders();
    const reportFile = join(temporaryFolder(), 'report.json');
    const args = [
      'build',
      '--name',
      uniqueName('stopped'),
      '--platform',
      'linux/amd64',
      '--registry',
      `${registry}/x`,
      '--progress=plain',
      '--build-report-path',
      reportFile,
    ];
    const { child, ended, saying } = start(args, { cwd: folder });
    await saying('| started');
    expect(running(marker)).toBe(true);
    child.kill('SIGINT');
    const { exitCode } = await ended;
    expect(exitCode).toBe(130);
    await until(() => !running(marker), 'the step has ended');
    expect(workFolders()).toEqual(before);
    expect(JSON.parse(readFileSync(reportFile, 'utf8'))).toMatchObject({ status: 'Canceled', pushed: false });
  });

  test('during the push ends it, and no tag has moved', async () => {
    const folder = await checkout(small);
    const name = uniqueName('unpushed');
    const before = workFolders();
    let stop = () => {};
    const proxy = await registryProxy(registry, (method) => {
      if (method === 'PUT') stop();
      return 'pass';
    });
    const { child, ended } = start(
      ['build', '--name', name, '--platform', 'linux/amd64', '--registry', `${proxy.address}/x`],
      { cwd: folder },
    );
    stop = () => {
      stop = () => {};
      child.kill('SIGTERM');
    };
    expect((await ended).exitCode).toBe(130);
    expect(workFolders()).toEqual(before);
    expect(await crane('ls', `${registry}/x/${name}`).catch(() => '')).toBe('');
  });
});

test('an engine that is not there is one clear line', async () => {
  const folder = await checkout(small);
  const { exitCode, stderr } = await build(['--registry', `${registry}/x`], {
    cwd: folder,
    env: { DOCKER_HOST: 'unix:///nowhere/docker.sock', BUILDX_BUILDER: '' },
  });
  expect(exitCode).toBe(2);
  expect(stderr).toMatch(/^error: /m);
  expect(stderr).toMatch(/^hint: /m);
  expect(stderr).not.toContain('    at ');
});

test('a build that fails before it starts has a report as well, in place of that of an earlier one', async () => {
  const folder = await checkout({ 'no-dockerfile': '' });
  const reportFile = join(temporaryFolder(), 'report.json');
  writeFileSync(reportFile, '{"status":"Succeeded"}');
  const { exitCode } = await imageBuilder(['build', '--name', 'app', '--build-report-path', reportFile], {
    cwd: folder,
  });
  const report = buildReportSchema.parse(JSON.parse(readFileSync(reportFile, 'utf8')));
  expect(exitCode).toBe(2);
  expect(report).toMatchObject({
    status: 'Failed',
    pushed: false,
    image_name: 'app',
    error: { code: 'request.invalid' },
  });
});

test.each([
  [
    'a report that cannot be written',
    ['--build-report-path', '/proc/x/y.json'],
    'cannot write "/proc/x/y.json"',
  ],
  [
    'a secret file that is not there',
    ['--secret', 'id=a,src=/nope'],
    'file "/nope" of build secret "a" does not exist',
  ],
  [
    'a link to an ignore file outside',
    ['--context', 'linked'],
    'ignore file "linked/.dockerignore" is a link that leads out of the checkout',
  ],
])('%s exits 2 before anything is built', async (_, args, message) => {
  const folder = await checkout({ ...small, 'linked/file': '' });
  execFileSync('ln', ['-s', '/etc/hostname', join(folder, 'linked/.dockerignore')]);
  const { exitCode, stderr } = await imageBuilder(['build', '--registry', `${registry}/x`, ...args], {
    cwd: folder,
  });
  expect(exitCode).toBe(2);
  expect(stderr).toContain(`error: ${message}`);
});

test('an image with a secret is built again, since the secret may be another one', async () => {
  const folder = await checkout({
    Dockerfile: `FROM ${busybox}\nRUN --mount=type=secret,id=S cp /run/secrets/S /s\n`,
  });
  const refused = await registryProxy(registry, (method, path) =>
    method === 'PUT' && path.includes('/manifests/') ? 403 : 'pass',
  );
  const args = ['--name', uniqueName('again'), '--platform', 'linux/amd64', '--secret', 'id=S'];
  const first = await build([...args, '--registry', `${refused.address}/s`], {
    cwd: folder,
    env: { S: 'old' },
  });
  const second = await build([...args, '--registry', `${registry}/s`], { cwd: folder, env: { S: 'new' } });
  expect([first.exitCode, second.exitCode, second.report.resumed]).toEqual([3, 0, false]);
});

test('an answer that could not be written is no success', async () => {
  const folder = await checkout(small);
  const ended = await new Promise<number | null>((resolve) => {
    const full = openSync('/dev/full', 'w');
    const child = spawn(process.execPath, [...program, 'plan'], {
      cwd: folder,
      stdio: ['ignore', full, 'ignore'],
    });
    child.on('close', resolve);
  });
  expect(ended).toBe(2);
});
