import { cpSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { digestOf } from '../../src/oci/index.ts';
import type { BuildReport } from '../../src/report/index.ts';
import { fingerprintTagOf, wipeSignatures } from './registry-writes.ts';
import { notation } from './signing-stage.ts';
import { busybox, crane, registry, temporaryFolder } from './stage.ts';
import {
  contentIn,
  type Handed,
  openTrustedStage,
  type StageContent,
  type StageRun,
  type TrustedStage,
} from './trusted-stage.ts';

const settings = {
  platforms: ['linux/amd64'],
  reuse: { enabled: true, 'builder-version': 'of this machine' },
};

let scene: TrustedStage;
let repository: string;
/** As the first build published it. */
let first: BuildReport;
/** Of other files. */
let other: BuildReport;

beforeAll(async () => {
  const signedToo = (name: string) => [`further/${name}`, `prod/${name}-other`];
  scene = await openTrustedStage({ settings, signedToo });
  repository = `${registry}/prod/${scene.name}`;
  first = (await publish(await build())).report;
  other = (await publish(await build({ content: 'other' }))).report;
});

afterAll(() => scene.close());

interface Asked {
  readonly content?: string;
  readonly build?: object;
  /** Configuration of those who plan, and of those who build. */
  readonly planned?: string;
  readonly agent?: string;
}

interface Built {
  readonly sha: string;
  readonly identified: Handed;
  readonly built: StageRun;
}

const configured = (file: string | undefined) => (file === undefined ? {} : { IMAGE_BUILDER_CONFIG: file });

/** A commit of its own, up to the stage that builds. */
async function build({ content = 'same', build: wishes, planned, agent }: Asked = {}): Promise<Built> {
  const dockerfile = `FROM ${busybox}\nCOPY content /\nRUN date > /date\n`;
  const sha = scene.source.commit({ Dockerfile: dockerfile, '.dockerignore': '.git\n', content });
  const request = scene.requestFor(sha, wishes === undefined ? {} : { build: wishes });
  const identified = await scene.identify(request, { env: configured(planned) });
  expect(identified.exitCode, identified.stderr).toBe(0);
  const built = await scene.build(identified, configured(agent));
  expect(built.exitCode, built.stderr).toBe(0);
  return { sha, identified, built };
}

async function publish({ identified, built }: Built): Promise<StageContent> {
  const published = await scene.publish(identified, built);
  expect(published.exitCode, published.stderr).toBe(0);
  return contentIn(published);
}

const stagesOf = ({ timings }: BuildReport) => timings.map(({ stage }) => stage);

async function verifies(image = '', ...metadata: readonly string[]): Promise<boolean> {
  const asked = metadata.flatMap((each) => ['--user-metadata', each]);
  return (await notation(scene.keys, 'verify', ...asked, image)).accepted;
}

async function tags(): Promise<readonly string[]> {
  return (await crane('ls', repository)).split('\n').filter((tag) => tag.startsWith('v'));
}

/** Nothing was gone on with, and what was built is what later builds go on with. */
async function expectBuilt(run: Built, reason: RegExp): Promise<BuildReport> {
  const { report } = await publish(run);
  const expected = expect.stringMatching(reason);
  expect(report).toMatchObject({ signed: true, reuse: { state: 'built', reason: expected } });
  expect(stagesOf(report)).toEqual(['plan', 'build', 'push', 'sign', 'tag']);
  expect(await verifies(report.images_list[0], `fingerprint=${report.reuse?.fingerprint}`)).toBe(true);
  expect(await crane('digest', `${repository}:${fingerprintTagOf(report)}`)).toBe(report.digest);
  return report;
}

describe('an image of which nothing has changed, in stages', () => {
  test('is found where there are no keys, judged where there are, and tagged', async () => {
    expect(first.reuse).toMatchObject({ state: 'built', reason: 'no earlier build had the same inputs' });
    const run = await build();
    const found = contentIn(run.built);
    expect(stagesOf(found.report)).toEqual(['plan']);
    expect(found.reuse).toEqual({ kind: 'reused', inputs: expect.stringMatching(/^sha256:/) });
    const { report } = await publish(run);
    expect(stagesOf(report)).toEqual(['plan', 'push', 'sign', 'tag']);
    const { commit = '' } = first.source ?? {};
    expect(report.reuse).toEqual({
      state: 'reused',
      fingerprint: first.reuse?.fingerprint,
      from: { commit, run: '777', created: expect.stringMatching(/^20.*Z$/) },
    });
    const [image = ''] = report.images_list;
    expect(image).toBe(`${repository}:v${run.sha.slice(0, 7)}`);
    expect(report).toMatchObject({ digest: first.digest, pushed: true, signed: true });
    expect(report.repositories).toMatchObject([{ state: 'tagged', uploaded_bytes: 0 }]);
    expect(report.platforms).toMatchObject([{ digest: first.platforms[0]?.digest, steps: 0 }]);
    expect(report.signatures.every(({ reused }) => reused)).toBe(true);
    expect(await crane('digest', image)).toBe(first.digest);
    expect(await verifies(image, `commit=${commit}`, `fingerprint=${first.reuse?.fingerprint}`)).toBe(true);
  });

  test('is copied to a repository that lacks it, and signed there', async () => {
    const planned = scene.configWith({ registry: [`${registry}/further`, `${registry}/prod`] });
    const { report } = await publish(await build({ planned }));
    expect(report).toMatchObject({ digest: first.digest, signed: true, reuse: { state: 'reused' } });
    expect(report.repositories.map(({ state }) => state)).toEqual(['tagged', 'tagged']);
    for (const image of report.images_list)
      expect(await verifies(image, `fingerprint=${first.reuse?.fingerprint}`)).toBe(true);
  });

  test('is built where nothing tells whose signatures vouch for it', async () => {
    const agent = temporaryFolder();
    cpSync(join(scene.folder, 'agent'), agent, { recursive: true });
    rmSync(join(agent, 'keys/signing/chain.pem'));
    const { report } = await publish(await build({ agent: join(agent, 'config.yaml') }));
    expect(report.reuse).toEqual({
      state: 'ineligible',
      reason: expect.stringMatching(
        /^signatures of "embedded" cannot be told.*chain\.pem.*let "trust", "chain"/,
      ),
    });
    expect(report).toMatchObject({ pushed: true, signed: true });
    expect(await verifies(report.images_list[0], `fingerprint=${first.reuse?.fingerprint}`)).toBe(false);
  });
});

describe('a stage that builds and lies', () => {
  let claim: Built;

  beforeAll(async () => {
    claim = await build();
    await crane('copy', busybox, `${repository}:planted`);
  });

  const claiming = (changes: object) =>
    scene.rewritten(claim.built, ({ reuse }) => ({ reuse: { ...reuse, ...changes } }));
  const naming = (digest: string) =>
    scene.rewritten(claim.built, ({ report }) => ({ report: { ...report, digest } }));

  test.each<[string, () => Handed | Promise<Handed>, RegExp]>([
    [
      'of inputs that nobody vouches for',
      () => claiming({ inputs: digestOf('x') }),
      /no signature that counts/,
    ],
    ['of inputs that are none', () => claiming({ inputs: 'x' }), /is not a build report/],
    ['of another image of ours', () => naming(other.digest), /no signature that counts/],
    [
      'of an image that nobody signed',
      async () => naming(await crane('digest', `${repository}:planted`)),
      /no signature that counts/,
    ],
    ['of an image that is not there', () => naming(digestOf('x')), /is no earlier image/],
  ])('has nothing signed or tagged by a claim %s', async (_, forge, message) => {
    const before = await tags();
    const { exitCode, stderr } = await scene.publish(claim.identified, await forge());
    expect(exitCode).toBe(2);
    expect(stderr).toMatch(message);
    expect(await tags()).toEqual(before);
  });

  test('cannot have another image called what this one is', async () => {
    const { inputs } = contentIn(claim.built).reuse ?? {};
    const run = await build({ build: { name: `${scene.name}-other` } });
    const built = scene.rewritten(run.built, ({ reuse }) => ({ reuse: { ...reuse, inputs } }));
    const { report } = contentIn(await scene.publish(run.identified, built));
    const [image] = report.images_list;
    expect(report.reuse?.fingerprint).not.toBe(first.reuse?.fingerprint);
    expect(await verifies(image)).toBe(true);
    expect(await verifies(image, `fingerprint=${first.reuse?.fingerprint}`)).toBe(false);
  });
});

describe('an image that nobody vouches for, in stages', () => {
  test('is built when another one was planted under its fingerprint', async () => {
    await crane('tag', `${repository}@${other.digest}`, fingerprintTagOf(first));
    const { digest } = await expectBuilt(await build(), /no signature that counts/);
    expect([first.digest, other.digest]).not.toContain(digest);
  });

  test('is refused when its signatures go between the stages, and built by the next run', async () => {
    const run = await build();
    const { report, reuse } = contentIn(run.built);
    expect(reuse?.kind).toBe('reused');
    await wipeSignatures(repository, report);
    const refused = await scene.publish(run.identified, run.built);
    expect([refused.exitCode, contentIn(refused).report.pushed]).toEqual([2, false]);
    expect(refused.stderr).toMatch(/no signature that counts.*run it again/s);
    await expectBuilt(await build(), /no signature that counts/);
  });

  test('is built where the caller wants that, and takes the place of the one that was there', async () => {
    await expectBuilt(await build({ build: { noCache: true } }), /--no-cache/);
  });
});
