import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { emptyIndex, fingerprintTagOf, putManifest, wipeSignatures } from './registry-writes.ts';
import { configFile, notation, type SigningKeys, signingKeys } from './signing-stage.ts';
import { build, busybox, checkout, crane, imageBuilder, registry, uniqueName } from './stage.ts';

const settings = (extra = '') => `default-commit-tag:
  name: default_tag
  value: 'v{{ .ShortSHA }}'
  validation: ^v[0-9a-f]+$
platforms: [linux/amd64]
reuse: {enabled: true, builder-version: of this machine}
sign-config:
  enabled-signers: {'*': [embedded]}
  signers:
    - {name: embedded, type: notation, config: {key: signing/key.pem, chain: signing/chain.pem}}
trust: {directory: notation}
${extra}`;

interface StageOptions {
  readonly dockerfile?: string;
  readonly parents?: readonly string[];
}

/** A checkout whose image was built once, on a base of its own. */
async function builtOnce({ dockerfile = 'RUN date > /date', parents = ['reuse'] }: StageOptions = {}) {
  const name = uniqueName('same');
  const base = `${registry}/base/${name}:1`;
  await crane('copy', busybox, base);
  const text = `FROM ${base}\nCOPY . /context\n${dockerfile}\n`;
  const folder = await checkout({ Dockerfile: text, '.dockerignore': '.git\n', content: name });
  const git = (...args: readonly string[]) =>
    execFileSync('git', ['-c', 'user.name=t', '-c', 'user.email=t@example.com', ...args], { cwd: folder });
  const all = [...new Set([...parents, 'reuse', 'further'])].map((parent) => `${registry}/${parent}/${name}`);
  const keys = await signingKeys(all);
  const config = configFile(keys, settings());
  const run = (args: readonly string[] = [], file = config, to = parents) => {
    const destinations = to.flatMap((parent) => ['--registry', `${registry}/${parent}`]);
    return build(['--name', name, '--event=push', '--config', file, ...destinations, ...args], {
      cwd: folder,
    });
  };
  const plan = async (...args: readonly string[]) => {
    const destination = ['--registry', `${registry}/${parents[0]}`];
    const asked = ['plan', '--name', name, '--event=push', '--config', config, ...destination, ...args];
    const { stdout } = await imageBuilder(asked, { cwd: folder });
    return /^reuse +(.*)$/m.exec(stdout)?.[1];
  };
  const first = await run();
  expect(first.exitCode, first.stderr).toBe(0);
  git('commit', '--quiet', '--allow-empty', '-m', 'another');
  const repository = `${registry}/${parents[0]}/${name}`;
  return { name, folder, git, keys, run, plan, base, repository, first: first.report };
}

type Built = Awaited<ReturnType<typeof builtOnce>>;

const accepts = async (keys: SigningKeys, reference = '') =>
  (await notation(keys, 'verify', reference)).accepted;

/** A build that must have found nothing to go on with, and is published and signed like any other. */
async function expectBuilt({ keys, run, first }: Built, reason: RegExp): Promise<void> {
  const { exitCode, report, stderr } = await run();
  expect(exitCode, stderr).toBe(0);
  expect(report.reuse).toMatchObject({ state: 'built', reason: expect.stringMatching(reason) });
  expect(report.timings.map(({ stage }) => stage)).toContain('build');
  expect(report.digest).not.toBe(first.digest);
  expect(report).toMatchObject({ pushed: true, signed: true });
  expect(await accepts(keys, report.images_list[0])).toBe(true);
}

describe('an image of which nothing has changed', () => {
  test('is not built again for another commit, but verified and tagged', async () => {
    const { first, run, keys, repository, git } = await builtOnce();
    expect(first.reuse).toMatchObject({ state: 'built', reason: 'no earlier build had the same inputs' });
    const { exitCode, report, stderr } = await run();
    expect(exitCode, stderr).toBe(0);
    expect(report.timings.map(({ stage }) => stage)).toEqual(['plan', 'push', 'sign', 'tag']);
    expect(report.reuse).toEqual({
      state: 'reused',
      fingerprint: first.reuse?.fingerprint,
      from: { commit: first.source?.commit, created: expect.stringMatching(/^20.*Z$/) },
    });
    expect(report).toMatchObject({ digest: first.digest, pushed: true, signed: true, resumed: false });
    expect(report.platforms).toMatchObject([{ digest: first.platforms[0]?.digest, steps: 0 }]);
    expect(report.repositories).toMatchObject([{ state: 'tagged', uploaded_bytes: 0 }]);
    expect(report.signatures.every(({ reused }) => reused)).toBe(true);
    const commit = git('rev-parse', '--short=7', 'HEAD').toString().trim();
    expect(report.images_list).toEqual([`${repository}:v${commit}`]);
    expect(await crane('digest', `${repository}:v${commit}`)).toBe(first.digest);
    expect(await accepts(keys, report.images_list[0])).toBe(true);
    expect(stderr).toContain(`nothing has changed since commit ${first.source?.commit.slice(0, 12)}`);
  });

  test('is copied to a repository that lacks it, and signed there', async () => {
    const built = await builtOnce();
    const { exitCode, report, stderr } = await built.run([], undefined, ['further', 'reuse']);
    expect(exitCode, stderr).toBe(0);
    expect(report).toMatchObject({ digest: built.first.digest, signed: true, reuse: { state: 'reused' } });
    expect(report.repositories.map(({ state, uploaded_bytes }) => [state, uploaded_bytes])).toEqual([
      ['tagged', 0],
      ['tagged', 0],
    ]);
    for (const image of report.images_list) expect(await accepts(built.keys, image)).toBe(true);
    const signed = new Map(report.signatures.map(({ repository, reused }) => [repository, reused]));
    expect(signed).toEqual(
      new Map([
        [`${registry}/further/${built.name}`, false],
        [built.repository, true],
      ]),
    );
    const metadata = ['--user-metadata', `commit=${built.first.source?.commit}`];
    expect((await notation(built.keys, 'verify', ...metadata, report.images_list[0] ?? '')).accepted).toBe(
      true,
    );
    const only = await built.run([], undefined, ['further']);
    expect(only.report.reuse?.state).toBe('reused');
  });

  test('is built when a file is another one, and when its base has moved', async () => {
    const built = await builtOnce();
    writeFileSync(join(built.folder, 'content'), 'changed');
    built.git('commit', '--quiet', '--all', '-m', 'change');
    await expectBuilt(built, /no earlier build/);
    const index = JSON.parse(await crane('manifest', busybox));
    const { digest } = index.manifests.find(
      ({ platform }: { platform: { architecture: string } }) => platform.architecture === 'amd64',
    );
    await crane('copy', `${busybox.slice(0, busybox.lastIndexOf(':'))}@${digest}`, built.base);
    await expectBuilt(built, /no earlier build/);
  });
});

describe('an image that nobody vouches for', () => {
  test('is built and signed anew when its signatures are gone, or it is no image', async () => {
    const built = await builtOnce();
    await wipeSignatures(built.repository, built.first);
    await expectBuilt(built, /no signature that counts vouches/);
    await putManifest(built.repository, fingerprintTagOf(built.first), emptyIndex);
    await expectBuilt(built, /no signature that counts vouches/);
  });

  test('is not taken from somebody else who signed the same inputs', async () => {
    const built = await builtOnce();
    const others = await signingKeys([built.repository]);
    const theirs = await built.run([], configFile(others, settings()));
    expect(theirs.exitCode, theirs.stderr).toBe(0);
    expect(theirs.report.reuse).toMatchObject({
      state: 'built',
      fingerprint: built.first.reuse?.fingerprint,
    });
    expect(await crane('digest', `${built.repository}:${fingerprintTagOf(built.first)}`)).toBe(
      theirs.report.digest,
    );
    await expectBuilt(built, /no signature that counts vouches/);
  });

  test('is not taken when another image of ours was planted under its fingerprint', async () => {
    const built = await builtOnce();
    writeFileSync(join(built.folder, 'content'), 'other');
    built.git('commit', '--quiet', '--all', '-m', 'other');
    const other = await built.run();
    await crane('tag', `${built.repository}@${other.report.digest}`, fingerprintTagOf(built.first));
    writeFileSync(join(built.folder, 'content'), built.name);
    built.git('commit', '--quiet', '--all', '-m', 'back');
    await expectBuilt(built, /no signature that counts vouches/);
  });
});

describe('an image that cannot be told by its inputs', () => {
  test('is built each time, and the report has the line', async () => {
    const { run, plan, first } = await builtOnce({ dockerfile: 'ARG BUILD_COMMIT_SHA\nRUN date > /date' });
    const reuse = {
      state: 'ineligible',
      line: 3,
      reason: 'uses build argument "BUILD_COMMIT_SHA", which changes with every commit',
    };
    expect(first.reuse).toEqual(reuse);
    expect(await plan()).toBe(`no: Dockerfile:${reuse.line} ${reuse.reason}`);
    const { report, stderr } = await run();
    expect(report).toMatchObject({ reuse, signed: true });
    expect(report.timings.map(({ stage }) => stage)).toContain('build');
    expect(stderr.split('Dockerfile:3 uses build argument').length).toBe(2);
  });

  test('is not looked for where the caller wants it built, or it would not be this commit', async () => {
    const built = await builtOnce();
    const anew = await built.run(['--no-cache']);
    expect(anew.report.reuse).toMatchObject({ state: 'built', reason: '--no-cache' });
    expect(anew.report.digest).not.toBe(built.first.digest);
    const again = await built.run();
    expect(again.report).toMatchObject({ reuse: { state: 'reused' }, digest: anew.report.digest });
    expect(await built.plan()).toMatch(/^an image of the same inputs that embedded signed/);
    expect(await built.plan('--secret', 'id=x,env=HOME')).toMatch(/^no: it gets build secrets/);
    writeFileSync(join(built.folder, 'untracked'), '');
    expect(await built.plan()).toBe('no: the checkout has uncommitted changes');
  });
});
