import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { RemoteRequest } from '../../src/identity/index.ts';
import type { BuildReport } from '../../src/report/index.ts';
import { workflow } from '../fakes/oidc-issuer/github-claims.ts';
import { notation } from './signing-stage.ts';
import { busybox, crane, registry, uniqueName } from './stage.ts';
import { holdsSecret, storedContent } from './stored-content.ts';
import {
  contentIn,
  type Handed,
  handing,
  openTrustedStage,
  type RequestChanges,
  type StageRun,
  sourceLogin,
  type TrustedStage,
} from './trusted-stage.ts';

let scene: TrustedStage;
let repository: string;

beforeAll(async () => {
  scene = await openTrustedStage();
  repository = `${registry}/prod/${scene.name}`;
});

afterAll(() => scene.close());

const dockerfile = `FROM ${busybox}\nCOPY content /\n`;
const commit = (content: string, branch = 'main') =>
  scene.source.commit({ Dockerfile: dockerfile, content }, { branch });
const requestFor = (commitSha: string, changes?: RequestChanges) => scene.requestFor(commitSha, changes);
const identify = (request: RemoteRequest, claims?: Readonly<Record<string, unknown>>) =>
  scene.identify(request, claims === undefined ? {} : { claims });
const reportIn = (handed: Handed) => contentIn(handed).report;

const fetches = () => scene.git.seen.filter(({ path }) => path.endsWith('/git-upload-pack')).length;

async function productionTags(): Promise<readonly string[]> {
  const tags = await crane('ls', repository).catch(() => '');
  return tags.split('\n').filter((tag) => tag.startsWith('v'));
}

/** Whatever the stages got that is nobody else's to see. */
function secrets(): readonly string[] {
  const key = readFileSync(join(scene.keys.directory, 'signing/key.pem'), 'utf8').split('\n')[1] ?? '';
  return [sourceLogin.token, key, ...scene.tokens.map((token) => token.split('.')[2] ?? '')];
}

interface Written {
  readonly where: string;
  readonly content: Buffer | string;
}

/** What the stages said, handed on, and stored in the registry, signatures included. */
async function everythingWritten(stages: readonly StageRun[], digest: string): Promise<readonly Written[]> {
  const said = stages.flatMap(({ stdout, stderr, path }) => [
    { where: 'stdout', content: stdout },
    { where: 'stderr', content: stderr },
    ...(existsSync(path) ? [{ where: 'document', content: readFileSync(path) }] : []),
  ]);
  const image = await storedContent(repository, digest);
  const signatures = await storedContent(repository, digest.replace(':', '-'));
  const stored = [...image, ...signatures];
  return [...said, ...stored.map(({ mediaType, bytes }) => ({ where: mediaType, content: bytes }))];
}

/** Where a part of the build's own facts must be found, or the search would find nothing at all. */
const plantedIn = (sha: string) => [
  { where: 'document', planted: sha },
  { where: 'stderr', planted: sha.slice(0, 7) },
  { where: 'application/vnd.oci.image.config.v1+json', planted: sha },
  { where: 'application/jose+json', planted: `"commit":"${sha}"` },
];

describe('the stages of a trusted build', () => {
  test('build, sign and tag what a caller may have, each with what the one before handed on', async () => {
    const sha = commit('one');
    const identified = await identify(requestFor(sha));
    expect(identified.exitCode, identified.stderr).toBe(0);
    const built = await scene.build(identified);
    expect(built.exitCode, built.stderr).toBe(0);
    expect(reportIn(built)).toMatchObject({ status: 'Succeeded', pushed: false, images_list: [] });
    expect(await productionTags()).toEqual([]);
    const published = await scene.publish(identified, built);
    expect(published.exitCode, published.stderr).toBe(0);
    const tag = `v${sha.slice(0, 7)}`;
    expect(await productionTags()).toEqual([tag]);
    const metadata = [`commit=${sha}`, 'repository=kyma-project/app', 'event=push', 'run=777'];
    const asked = metadata.flatMap((each) => ['--user-metadata', each]);
    expect(await notation(scene.keys, 'verify', ...asked, `${repository}:${tag}`)).toMatchObject({
      accepted: true,
    });
    const reported = await scene.stage('report', [
      ...handing('identified', identified),
      ...handing('published', published),
      '--json',
    ]);
    const report: BuildReport = JSON.parse(reported.stdout);
    expect(report).toMatchObject({
      status: 'Succeeded',
      pushed: true,
      signed: true,
      digest: reportIn(built).digest,
    });
    expect(report.images_list).toEqual([`${repository}:${tag}`]);
    expect(report.platforms).toHaveLength(2);
    expect(report.timings.map((timing) => timing.stage)).toEqual(['build', 'push', 'sign', 'tag']);
    const wrote = await everythingWritten([identified, built, published, reported], report.digest);
    for (const secret of secrets())
      expect(wrote.filter(({ content }) => holdsSecret(content, secret)).map(({ where }) => where)).toEqual(
        [],
      );
    // The search finds what is there to be found.
    for (const { where, planted } of plantedIn(sha))
      expect(
        wrote.filter(({ content }) => holdsSecret(content, planted)).map((each) => each.where),
      ).toContain(where);
  });

  test('build the head of a pull request for development, unsigned', async () => {
    const base = commit('base');
    const head = commit('proposal', 'proposal');
    scene.source.git('update-ref', 'refs/pull/7/head', head);
    const pull = requestFor(base, {
      source: { event: 'pull_request_target', commitSha: head, pullRequest: 7 },
    });
    const identified = await identify(pull, { event_name: 'pull_request_target' });
    expect(identified.exitCode, identified.stderr).toBe(0);
    const built = await scene.build(identified);
    const published = await scene.publish(identified, built);
    expect(published.exitCode, published.stderr).toBe(0);
    expect(reportIn(published)).toMatchObject({
      pushed: true,
      signed: false,
      images_list: [`${registry}/dev/${scene.name}:PR-7`],
    });
  });

  test.each<[string, { source?: object; build?: object }, Readonly<Record<string, unknown>>, RegExp]>([
    [
      'the token of another request',
      {},
      { aud: `image-builder:sha256:${'0'.repeat(64)}` },
      /issued for another request/,
    ],
    ['a static audience', {}, { aud: 'image-builder' }, /aud/],
    ['another repository', {}, { repository: 'evil/app' }, /repository/],
    [
      'a workflow that is not trusted',
      {},
      { job_workflow_ref: workflow.replace('main', 'evil') },
      /job_workflow_ref/,
    ],
    [
      'another commit than the event has',
      { source: { commitSha: 'b'.repeat(40) } },
      {},
      /only a pull request builds another commit/,
    ],
    [
      'a branch that may not have it',
      { source: { ref: 'refs/heads/other' } },
      { ref: 'refs/heads/other' },
      /no rule allows event/,
    ],
    [
      'an event that no rule has',
      { source: { event: 'schedule' } },
      { event_name: 'schedule' },
      /no rule allows event/,
    ],
    ['a registry of its own', { build: { registries: ['evil.example.com/x'] } }, {}, /production/],
    ['an image name that leads out', { build: { name: '../evil' } }, {}, /not allowed in a registry/],
    [
      'a tag that would hide the signatures of an image',
      { build: { tags: [`sha256-${'a'.repeat(64)}`] } },
      {},
      /under which signatures are kept/,
    ],
    ['a Dockerfile that leads out', { build: { dockerfile: '../../etc/passwd' } }, {}, /dockerfile/],
  ])('hand nothing on for %s', async (_, changes, claims, message) => {
    const before = fetches();
    const { exitCode, stdout, stderr } = await identify(requestFor(commit('refused'), changes), claims);
    expect([exitCode === 2 || exitCode === 3, stdout]).toEqual([true, '']);
    expect(stderr).toMatch(message);
    expect(fetches()).toBe(before);
  });

  test('refuse a pull request whose head has moved on', async () => {
    const base = commit('base again');
    const head = commit('first', 'moving');
    scene.source.git('update-ref', 'refs/pull/8/head', commit('second', 'moving'));
    const pull = requestFor(base, {
      source: { event: 'pull_request_target', commitSha: head, pullRequest: 8 },
    });
    const { exitCode, stderr } = await identify(pull, { event_name: 'pull_request_target' });
    expect([exitCode, stderr]).toEqual([
      3,
      expect.stringContaining('"refs/pull/8/head" is not, or no longer, that commit'),
    ]);
  });

  describe('refuse', () => {
    let [identified, built, other]: StageRun[] = [];

    beforeAll(async () => {
      identified = await identify(requestFor(commit('for refusals')));
      built = await scene.build(identified);
      other = await identify(requestFor(commit('another')));
    });

    const edited = ({ path, digest }: Handed, edit: (text: string) => string): Handed => {
      const copy = join(scene.folder, `${uniqueName('edited')}.json`);
      writeFileSync(copy, edit(readFileSync(path, 'utf8')));
      return { path: copy, digest };
    };
    /** As the stage that built could write it itself. */
    const rewritten = (handed: Handed, change: (report: BuildReport) => object): Handed =>
      scene.rewritten(handed, ({ report }) => ({ report: change(report) }));

    test('to believe a build stage that says it was all published', async () => {
      const forged = rewritten(built as StageRun, (report) => ({
        ...report,
        ...{ pushed: true, signed: true, image_name: 'evil', images_list: ['evil.example/backdoor:v1'] },
      }));
      const handed = [...handing('identified', identified as StageRun), ...handing('built', forged)];
      const { exitCode, stdout } = await scene.stage('report', [...handed, '--json']);
      expect(exitCode).toBe(0);
      expect(JSON.parse(stdout)).toMatchObject({
        ...{
          status: 'Failed',
          pushed: false,
          signed: false,
          image_name: scene.name,
          images_list: [],
          signatures: [],
        },
        error: { message: 'the image was built, and not published' },
      });
    });

    test.each<[string, () => Promise<StageRun>, RegExp]>([
      [
        'a plan that was changed',
        () => scene.build(edited(identified as StageRun, (text) => text.replace('kyma-project', 'evil'))),
        /has digest/,
      ],
      [
        'a plan in the place of an image',
        () => scene.publish(identified as StageRun, identified as StageRun),
        /is what stage "identified" hands on/,
      ],
      [
        'an image of another request',
        () => scene.publish(other as StageRun, built as StageRun),
        /belongs to another request/,
      ],
      [
        'an image that is not there',
        () =>
          scene.publish(
            identified as StageRun,
            rewritten(built as StageRun, (report) => ({ ...report, digest: `sha256:${'0'.repeat(64)}` })),
          ),
        /404/,
      ],
      [
        'one platform of two',
        () =>
          scene.publish(
            identified as StageRun,
            rewritten(built as StageRun, (report) => ({
              ...report,
              digest: report.platforms[0]?.digest,
            })),
          ),
        /the image has one platform, the plan says/,
      ],
      [
        'a build that failed',
        () =>
          scene.publish(
            identified as StageRun,
            rewritten(built as StageRun, (report) => ({ ...report, status: 'Failed' })),
          ),
        /the build did not succeed/,
      ],
      [
        'a report that says too much',
        () =>
          scene.publish(
            identified as StageRun,
            rewritten(built as StageRun, (report) => ({ ...report, extra: true })),
          ),
        /is not a build report/,
      ],
      [
        'a report that began at no time',
        () =>
          scene.publish(
            identified as StageRun,
            rewritten(built as StageRun, (report) => ({ ...report, started: 'once' })),
          ),
        /is not a build report/,
      ],
    ])('%s, and move no tag', async (_, run, message) => {
      const before = await productionTags();
      const { exitCode, stderr } = await run();
      expect([2, 3]).toContain(exitCode);
      expect(stderr).toMatch(message);
      expect(await productionTags()).toEqual(before);
    });
  });
});
