import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import {
  build,
  busybox,
  checkout,
  imageBuilder,
  keepSecret,
  registry,
  temporaryFolder,
  uniqueName,
} from './stage.ts';

const files = { Dockerfile: `FROM ${busybox}\n` };
/** No engine, no registry, no login: a PATH with git alone. */
const nothing = { DOCKER_HOST: 'unix:///nowhere', DOCKER_CONFIG: '/nowhere', PATH: '/usr/bin:/bin' };

/** A repository that the shipped policy knows. */
const kyma = ['--repo', 'kyma-project/app'];

describe('what needs no engine, no network and no credentials', () => {
  test('plan shows what a push would do', async () => {
    const folder = await checkout(files);
    const { exitCode, stdout } = await imageBuilder(['plan', ...kyma, '--event', 'push', '--tag', 'v1'], {
      cwd: folder,
      env: nothing,
    });
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/^push to +europe-docker\.pkg\.dev\/kyma-project\/prod\/app$/m);
    expect(stdout).toMatch(/^signed +by signify-prod$/m);
    expect(stdout).toMatch(/europe-docker\.pkg\.dev\/kyma-project\/prod\/app:v1$/m);
  });

  test('plan --json is the whole plan', async () => {
    const folder = await checkout(files);
    const { stdout } = await imageBuilder(
      ['plan', ...kyma, '--json', '--event', 'pull_request_target', '--pull-request', '7'],
      { cwd: folder, env: nothing },
    );
    const plan = JSON.parse(stdout);
    expect(plan).toMatchObject({
      version: 1,
      source: { event: 'pull_request_target', pullRequest: 7, repository: 'kyma-project/app' },
    });
    expect(plan.tags).toMatchObject([{ name: 'default_tag', value: 'PR-7' }]);
  });

  test('tags are one a line', async () => {
    const folder = await checkout(files);
    const { stdout } = await imageBuilder(['tags', '--event', 'push', '--tag', 'v1'], {
      cwd: folder,
      env: nothing,
    });
    expect(stdout).toMatch(/^default_tag=v\d{8}-[0-9a-f]{7}\nv1=v1\n$/);
  });

  test('config check prints every value with its source', async () => {
    const folder = await checkout({
      ...files,
      'image-builder.yaml': 'registry: reg.example/x\nlog-format: json\n',
    });
    const { exitCode, stdout, stderr } = await imageBuilder(['config', 'check'], {
      cwd: folder,
      env: nothing,
    });
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/^registry +reg\.example\/x +.*image-builder\.yaml:1$/m);
    expect(stdout).toMatch(/^short-sha-length +7 +default$/m);
    expect(stderr).toContain('key "log-format" has no effect');
  });

  test('config schema is the committed one', async () => {
    const { stdout } = await imageBuilder(['config', 'schema'], { cwd: temporaryFolder(), env: nothing });
    expect(stdout).toBe(readFileSync(join(import.meta.dirname, '../../schemas/config.schema.json'), 'utf8'));
  });
});

test('a run that prints a secret fails the test that it belongs to', async () => {
  const folder = await checkout(files);
  const planted = `planted${'x'.repeat(20)}`;
  keepSecret(planted);
  await expect(imageBuilder(['plan', `--${planted}`], { cwd: folder })).rejects.toThrow('printed a secret');
});

describe('deployed callers', () => {
  test('get the tags as JSON, on stdout and in the file', async () => {
    const folder = await checkout(files);
    const file = join(temporaryFolder(), 'tags.json');
    const tags = Buffer.from('a=v1,v2').toString('base64');
    const args = [
      '-name=team/app',
      '--parse-tags-only',
      '--tag-base64',
      tags,
      '--tags-output-file',
      file,
      '--dockerfile',
      'Dockerfile',
      '--export-tags=true',
    ];
    const { exitCode, stdout } = await imageBuilder(args, { cwd: folder, env: nothing });
    expect(exitCode).toBe(0);
    expect(JSON.parse(stdout)).toEqual([
      { name: 'default_tag', value: expect.stringMatching(/^local-/), validation: expect.any(String) },
      { name: 'a', value: 'v1' },
      { name: 'v2', value: 'v2' },
    ]);
    expect(readFileSync(file, 'utf8')).toBe(stdout);
  });

  test('build without naming a command, and keep a log', async () => {
    const folder = await checkout(files);
    const logs = temporaryFolder();
    const args = [
      `-name=${uniqueName('deployed')}`,
      '-platform',
      'linux/amd64',
      '--registry',
      `${registry}/old`,
      '--silent',
      '--log-dir',
      logs,
      '-context=.',
    ];
    const { exitCode, stdout, stderr } = await imageBuilder(args, { cwd: folder });
    expect(exitCode).toBe(0);
    expect(stdout).toContain(`pull    ${registry}/old/`);
    expect(stderr).toBe('');
    expect(readFileSync(join(logs, 'image-builder.log'), 'utf8')).toContain('tagging local-');
  });

  test('see the plan with --dry-run, and nothing is built', async () => {
    const folder = await checkout(files);
    const { exitCode, stdout } = await imageBuilder(['--dry-run', '--name', 'app'], {
      cwd: folder,
      env: nothing,
    });
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/^push to/m);
  });

  test('are told in two lines that a build on this machine has no pipeline to show', async () => {
    const folder = await checkout(files);
    const { exitCode, stdout, stderr } = await imageBuilder(['--ado-preview-run', '--name', 'x'], {
      cwd: folder,
      env: nothing,
    });
    expect({ exitCode, stdout, stderr }).toEqual({
      exitCode: 2,
      stdout: '',
      stderr:
        'error: "--ado-preview-run" shows the run of a pipeline, and this build runs on this machine\n' +
        'hint: use --dry-run, or --backend azure-devops in a CI\n',
    });
  });

  test('never get an unsigned image under a tag that must be signed', async () => {
    const settings = `registry: ${registry}/x
default-commit-tag: {value: 'v{{ .ShortSHA }}', validation: ^v}
sign-config:
  enabled-signers: {'*': [signify-prod]}
  signers:
    - name: signify-prod
      type: notary
      config: {endpoint: https://localhost:1/sign, secret: {path: /nowhere/secret.yaml, type: signify}}
`;
    const folder = await checkout({ ...files, 'image-builder.yaml': settings });
    const { exitCode, stderr } = await imageBuilder(['build', '--event', 'push'], { cwd: folder });
    expect(exitCode).toBe(3);
    expect(stderr).toMatch(/^error: signer "signify-prod": .*\/nowhere\/secret\.yaml/m);
  });
});

describe('the program', () => {
  test.each([
    [[], 'usage: image-builder <command> [flags]'],
    [['--help'], 'usage: image-builder <command> [flags]'],
    [['build', '--help'], 'usage: image-builder build [flags]'],
    [['help', 'plan'], 'usage: image-builder plan [flags]'],
    [['--version'], 'image-builder 0.'],
  ])('%j prints %s', async (args, text) => {
    const { exitCode, stdout, stderr } = await imageBuilder(args, { cwd: temporaryFolder(), env: nothing });
    expect(exitCode).toBe(0);
    expect(stdout).toContain(text);
    expect(stderr).toBe('');
  });

  test.each([
    [['biuld'], 'error: unknown command "biuld"\nhint: did you mean "build"?\n'],
    [['build', 'extra'], 'error: unexpected argument "extra"\nhint: image-builder build [flags]\n'],
    [['plan', '--progress=fancy'], ''],
  ])('%j is refused', async (args, text) => {
    const { exitCode, stderr } = await imageBuilder(args, { cwd: temporaryFolder(), env: nothing });
    expect(exitCode).toBe(2);
    expect(stderr).toContain(text);
  });

  test('outside a git checkout says so in two lines', async () => {
    const { exitCode, stderr } = await imageBuilder(['plan'], { cwd: temporaryFolder(), env: nothing });
    expect(exitCode).toBe(2);
    expect(stderr).toMatch(/^error: ".*" is not in a git checkout\nhint: .*\n$/);
  });

  test('runs with npx in the checkout', async () => {
    const { stdout } = await promisify(execFile)('npx', ['image-builder', '--version'], {
      cwd: join(import.meta.dirname, '../..'),
    });
    expect(stdout).toMatch(/^image-builder \d/);
  });

  test('speaks JSON on both streams when asked', async () => {
    const folder = await checkout(files);
    const args = [
      '--name',
      uniqueName('json'),
      '--platform',
      'linux/amd64',
      '--registry',
      `${registry}/json`,
      '--progress=json',
    ];
    const { exitCode, stderr, report } = await build(args, { cwd: folder });
    expect(exitCode).toBe(0);
    const kinds = new Set(
      stderr
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line).kind),
    );
    expect(kinds).toContain('stage-finished');
    expect(report.timings.map(({ stage }) => stage)).toEqual(['build', 'push', 'tag']);
  });

  test('writes an error as JSON too', async () => {
    const { stderr } = await imageBuilder(['plan', '--progress=json', '--event', 'psh'], {
      cwd: await checkout(files),
      env: nothing,
    });
    expect(JSON.parse(stderr)).toMatchObject({
      kind: 'error',
      code: 'usage.invalid',
      hint: 'did you mean "push"?',
    });
  });
});
