import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import type { Settings } from '../config/index.ts';
import { printRepository } from '../oci/index.ts';
import { decide } from './decide.ts';
import type { BuildQuestion } from './question.ts';
import { places, rules, settingsOf } from './settings-for-test.ts';

let free: Settings;
let ruled: Settings;

beforeAll(async () => {
  [free, ruled] = [await settingsOf(places), await settingsOf(places + rules)];
});

const push: BuildQuestion = {
  origin: 'remote',
  host: 'github.com',
  repository: 'team/app',
  event: 'push',
  ref: 'refs/heads/main',
  protected: true,
  commit: 'a'.repeat(40),
  imageName: 'team/app',
  restricted: false,
  privateGoModules: false,
  registries: [],
};
const pull = { event: 'pull_request_target', pullRequest: 7 } as const;
const queue = { event: 'merge_group', ref: 'refs/heads/gh-readonly-queue/main/pr-7-abc' } as const;
const local = { origin: 'local', event: 'local' } as const;

type Change = Partial<BuildQuestion>;
type Row = readonly [title: string, change: Change, rule: string, to: string];

/** `rule` and where the image goes, or who denies it. */
function ask(change: Change, settings: Settings): readonly [rule: string, to: string] {
  const verdict = decide({ ...push, ...change }, settings);
  if (verdict.kind === 'denied') return [verdict.rule, 'denied'];
  const signed = verdict.signing.kind === 'unsigned' ? 'unsigned' : verdict.signing.signers.join(' and ');
  return [
    verdict.rule ?? '-',
    `${verdict.destinations.map((each) => printRepository(each.push)).join(', ')} ${signed}`,
  ];
}

const prod = 'r.io/prod/team/app, mirror.io/prod/team/app everyday and hardware';
const dev = 'r.io/dev/team/app unsigned';

describe('rules', () => {
  const allowed: readonly Row[] = [
    ['a push to main', {}, 'release', prod],
    ['a push to main of a ref that nobody says is protected', { protected: undefined }, 'release', prod],
    ['a push to a release branch', { ref: 'refs/heads/release-1.2' }, 'release', prod],
    ['a push of a version tag', { ref: 'refs/tags/v1.2.3' }, 'release', prod],
    ['a dispatch on main', { event: 'workflow_dispatch' }, 'release', prod],
    ['a dispatch on a version tag', { event: 'workflow_dispatch', ref: 'refs/tags/v1' }, 'release', prod],
    ['a host in capitals', { host: 'GitHub.com' }, 'release', prod],
    [
      'an image further down',
      { imageName: 'team/a/b/c' },
      'release',
      'r.io/prod/team/a/b/c, mirror.io/prod/team/a/b/c everyday and hardware',
    ],
    [
      'another repository, whose own signers are none',
      { repository: 'team/web' },
      'release',
      'r.io/prod/team/app, mirror.io/prod/team/app everyday',
    ],
    [
      'a restricted push to main',
      { restricted: true },
      'release',
      'r.io/locked-prod/team/app everyday and hardware',
    ],
    ['a push to another branch', { ref: 'refs/heads/topic' }, 'branch', dev],
    [
      'one that asks for private Go modules',
      { ref: 'refs/heads/topic', privateGoModules: true },
      'branch',
      dev,
    ],
    ['a push to a branch with slashes', { ref: 'refs/heads/me/topic' }, 'branch', dev],
    ['a push to a branch that looks like a tag', { ref: 'refs/heads/v1.2.3' }, 'branch', dev],
    [
      'a push to a branch that is named like a full ref',
      { ref: 'refs/heads/refs/heads/main' },
      'branch',
      dev,
    ],
    ['a push to main in other letters', { ref: 'refs/heads/Main' }, 'branch', dev],
    ['a push to something that begins like main', { ref: 'refs/heads/main2' }, 'branch', dev],
    ['a push below main', { ref: 'refs/heads/main/x' }, 'branch', dev],
    ['a pull request', pull, 'pull-request', dev],
    [
      'a pull request of a fork, whose event is about main',
      { ...pull, ref: 'refs/heads/main' },
      'pull-request',
      dev,
    ],
    ['a pull request on a protected branch', { ...pull, protected: true }, 'pull-request', dev],
    [
      'a restricted pull request',
      { ...pull, restricted: true },
      'pull-request',
      'r.io/locked-dev/team/app unsigned',
    ],
    ['a merge group', queue, 'queue', dev],
    [
      'a nightly image of a protected branch',
      { event: 'schedule', imageName: 'team/app-nightly' },
      'nightly',
      'r.io/nightly/team/app-nightly hardware',
    ],
    [
      'another team in its own place',
      { repository: 'other/app', imageName: 'other/app' },
      'other-team',
      'r.io/prod/other/app, mirror.io/prod/other/app everyday',
    ],
    [
      'a rule for restricted images alone',
      { repository: 'vault/app', restricted: true },
      'locked-only',
      'vault.io/in/team/app unsigned',
    ],
    ['a checkout on a laptop', local, 'laptop', dev],
    ['a checkout without a remote', { ...local, host: undefined, repository: 'My Folder!' }, 'laptop', dev],
    [
      'a laptop that names a registry',
      { ...local, registries: ['localhost:5000'] },
      'laptop',
      'localhost:5000/team/app unsigned',
    ],
    [
      'a laptop that names one with a path',
      { ...local, registries: ['localhost:5000/a/b/'] },
      'laptop',
      'localhost:5000/a/b/team/app unsigned',
    ],
    [
      'a laptop that names the sandbox',
      { ...local, registries: ['r.io/sandbox'] },
      'laptop',
      'r.io/sandbox/team/app unsigned',
    ],
    ['a laptop that acts as a push would', { origin: 'local' }, 'release', prod],
  ];

  test.each(allowed)('allow %s', (_, change, rule, to) => {
    expect(ask(change, ruled)).toEqual([rule, to]);
  });

  const none = 'policy';
  const denials: readonly (readonly [title: string, change: Change, rule: string])[] = [
    ['the repository of a fork', { repository: 'mallory/app' }, none],
    ['a pull request within a fork', { ...pull, repository: 'mallory/app' }, none],
    ['the same name on another host', { host: 'github.evil.example' }, none],
    ['the same name on a host that is not known', { host: undefined }, none],
    ['a host with a port', { host: 'github.com:8443' }, none],
    ['an owner in capitals', { repository: 'Team/app' }, none],
    ['an owner that begins alike', { repository: 'team-two/app' }, none],
    ['an owner that is the end of another', { repository: 'a/team/app' }, none],
    ['a repository without an owner', { repository: 'app' }, none],
    ['a repository with an empty owner', { repository: '/app' }, none],
    ['an empty repository', { repository: '' }, none],
    ['a repository with an empty name', { repository: 'team/' }, none],
    ['a repository that climbs', { repository: 'team/..' }, none],
    ['a repository that climbs elsewhere', { repository: 'team/../other' }, none],
    ['a repository with a space', { repository: 'team/a b' }, none],
    ['a repository with a line end', { repository: 'team/app\n' }, none],
    ['a repository of look-alike letters', { repository: 'tеam/app' }, none],
    ['a repository that is a pattern', { repository: '*/*' }, none],
    ['the image of another team', { imageName: 'other/app' }, none],
    ["another team's place, of which ours is the beginning", { imageName: 'team-two/app' }, none],
    ['an image beside the place', { imageName: 'team' }, none],
    ['an image below another', { imageName: 'other/team/app' }, none],
    ['an image that climbs', { imageName: 'team/../other/app' }, none],
    ['an image that climbs first', { imageName: '../team/app' }, none],
    ['an image with a dot for a component', { imageName: 'team/./app' }, none],
    ['an image in capitals', { imageName: 'Team/app' }, none],
    ['an image with capitals inside', { imageName: 'team/App' }, none],
    ['an image with an empty component', { imageName: 'team//app' }, none],
    ['an image that begins with a slash', { imageName: '/team/app' }, none],
    ['an image that ends with a slash', { imageName: 'team/' }, none],
    ['an image with a tag', { imageName: 'team/app:v1' }, none],
    ['an image with a digest', { imageName: `team/app@sha256:${'a'.repeat(64)}` }, none],
    ['an image with a registry', { imageName: 'evil.example:5000/team/app' }, none],
    ['an image with a space', { imageName: 'team/app x' }, none],
    ['an image that is a pattern', { imageName: 'team/*' }, none],
    ['an empty image', { imageName: '' }, none],
    ['an image longer than any', { imageName: `team/${'a'.repeat(300)}` }, none],
    ['a push of a tag that is no version', { ref: 'refs/tags/latest' }, none],
    ['a push of a tag named like a branch', { ref: 'refs/tags/main' }, none],
    ['a push without a ref', { ref: undefined }, none],
    ['a push to a short ref', { ref: 'main' }, none],
    ['a push to a ref that climbs', { ref: 'refs/heads/x/../main' }, none],
    ['a push to a ref with two dots', { ref: 'refs/heads/a..b' }, none],
    ['a push to a ref with a line end', { ref: 'refs/heads/topic\n' }, none],
    ['a push to the head of a pull request', { ref: 'refs/pull/7/head' }, none],
    ['a push that deletes its branch', { commit: '0'.repeat(40) }, none],
    ['a push that deletes its tag', { ref: 'refs/tags/v1', commit: '0'.repeat(64) }, none],
    ['a dispatch on another branch', { event: 'workflow_dispatch', ref: 'refs/heads/topic' }, none],
    [
      'a merge group for another branch',
      { ...queue, ref: 'refs/heads/gh-readonly-queue/dev/pr-1-abc' },
      none,
    ],
    ['a merge group that is a pull request', { event: 'merge_group', ref: 'refs/pull/7/merge' }, none],
    [
      'a nightly image of a branch that is not protected',
      { event: 'schedule', imageName: 'team/a-nightly', protected: false },
      none,
    ],
    [
      'a nightly image of a branch of which nothing is known',
      { event: 'schedule', imageName: 'team/a-nightly', protected: undefined },
      none,
    ],
    ['an unknown event', { event: 'pull_request' }, none],
    ['an event in capitals', { event: 'Push' }, none],
    ['a caller from afar who claims to be a laptop', { event: 'local' }, none],
    ['a repository that is frozen', { repository: 'team/frozen' }, 'frozen'],
    [
      'a schedule of it, which no later rule has either',
      { repository: 'team/frozen', event: 'schedule' },
      'frozen',
    ],
    [
      'a restricted build where the rule has no such place',
      { ref: 'refs/heads/topic', restricted: true },
      'branch',
    ],
    ['an open build where the rule has restricted places alone', { repository: 'vault/app' }, 'locked-only'],
    ['a push that asks for private Go modules', { privateGoModules: true }, 'release'],
    ['a push that names a registry', { registries: ['localhost:5000'] }, 'release'],
    ['a pull request that names a registry', { ...pull, registries: ['r.io/prod'] }, 'pull-request'],
    ['a laptop that names production', { ...local, registries: ['r.io/prod'] }, 'laptop'],
    [
      'a laptop that names one it may, and production',
      { ...local, registries: ['localhost:5000', 'r.io/prod'] },
      'laptop',
    ],
    ['a laptop that names a port that begins alike', { ...local, registries: ['localhost:50001'] }, 'laptop'],
    ['a laptop that names too deep a place', { ...local, registries: ['r.io/sandbox/deep'] }, 'laptop'],
    ['a laptop that names no registry', { ...local, registries: ['team'] }, '--registry'],
    [
      'a laptop that climbs out of the sandbox',
      { ...local, registries: ['r.io/sandbox/../prod'] },
      '--registry',
    ],
    [
      'a signer that does not sign for the event',
      { event: 'schedule', imageName: 'team/idle' },
      'idle-signer',
    ],
  ];

  test.each(denials)('deny %s', (_, change, rule) => {
    expect(ask(change, ruled)).toEqual([rule, 'denied']);
  });

  test('count in their order: the first that fits decides', async () => {
    const turned = { ...ruled, policy: { rules: (ruled.policy?.rules ?? []).toReversed() } };
    expect(ask({}, ruled)).toEqual(['release', prod]);
    expect(ask({}, turned)).toEqual(['branch', dev]);
  });

  test('that are none deny everything', () => {
    for (const change of [{}, pull, queue, local])
      expect(ask(change, { ...ruled, policy: { rules: [] } })).toEqual(['policy', 'denied']);
  });

  test('give restricted images the name that they are pulled by', () => {
    const verdict = decide({ ...push, restricted: true }, ruled);
    expect(verdict).toMatchObject({
      destinationsFrom: 'restricted-registry',
      destinations: [{ push: { path: 'locked-prod/team/app' }, pull: { path: 'read-prod/team/app' } }],
    });
  });

  test('say which builders may build, where they say anything', () => {
    expect(decide(push, ruled)).toMatchObject({ builderNodes: ['x86'] });
    expect(decide({ ...push, ...pull }, ruled)).not.toHaveProperty('builderNodes');
  });

  const words: readonly (readonly [Change, string, string])[] = [
    [
      { repository: 'mallory/app' },
      'no rule allows event "push" of "mallory/app" at "refs/heads/main" for image "team/app"',
      'the closest rule, "release", is for repositories team/*',
    ],
    [
      { imageName: 'other/app' },
      'no rule allows event "push" of "team/app" at "refs/heads/main" for image "other/app"',
      'the closest rule, "release", is for images team/**',
    ],
    [
      { event: 'schedule', imageName: 'team/a-nightly', protected: false },
      'no rule allows event "schedule" of "team/app" at "refs/heads/main" for image "team/a-nightly"',
      'the closest rule, "nightly", is for protected refs',
    ],
    [
      { repository: 'team/frozen' },
      'event "push" of "team/frozen" at "refs/heads/main" for image "team/app" is refused',
      'ask the release team',
    ],
    [
      { ref: 'refs/heads/topic', restricted: true },
      'the rule has no "restricted-destinations"',
      'leave use-restricted-registry out, or have it added to the rule',
    ],
    [{ registries: ['r.io/x'] }, 'a build may not choose "r.io/x/team/app"', 'leave --registry out'],
    [
      { ...local, registries: ['r.io/x'] },
      'a build may not choose "r.io/x/team/app"',
      'leave --registry out, or name one of localhost:5000/**, r.io/sandbox/*/*',
    ],
    [
      { event: 'schedule', imageName: 'team/idle' },
      'images of event "schedule" must be signed by "everyday", which does not sign for it',
      'add "schedule" to the job-type of the signer',
    ],
    [{ commit: '0'.repeat(40) }, 'the ref was deleted: there is nothing to build', 'do not build deletions'],
  ];

  test.each(words)('say what is wrong with %j, and the way out', (change, reason, wayOut) => {
    expect(decide({ ...push, ...change }, ruled)).toMatchObject({ kind: 'denied', reason, wayOut });
  });
});

describe('without a policy', () => {
  const allowed: readonly Row[] = [
    ['push', {}, '-', prod],
    ['workflow_dispatch', { event: 'workflow_dispatch' }, '-', prod],
    ['schedule', { event: 'schedule' }, '-', 'r.io/prod/team/app, mirror.io/prod/team/app hardware'],
    ['pull_request_target', pull, '-', dev],
    ['merge_group', queue, '-', dev],
    ['local', { event: 'local' }, '-', dev],
    ['restricted push', { restricted: true }, '-', 'r.io/locked-prod/team/app everyday and hardware'],
    ['restricted pull request', { ...pull, restricted: true }, '-', 'r.io/locked-dev/team/app unsigned'],
    [
      '--registry, each once',
      { event: 'local', registries: ['localhost:5000/a', 'localhost:5000/a/', 'localhost:5000'] },
      '-',
      'localhost:5000/a/team/app, localhost:5000/team/app unsigned',
    ],
    ['any repository', { event: 'local', repository: 'My Folder!' }, '-', dev],
  ];

  test.each(allowed)('a local build is free: %s', (_, change, rule, to) => {
    expect(ask({ ...change, origin: 'local' }, free)).toEqual([rule, to]);
  });

  test.each(allowed)('a remote build is denied: %s', (_, change) => {
    expect(ask({ ...change, origin: 'remote' }, free)).toEqual(['policy', 'denied']);
  });

  test('nowhere to go is denied, naming the setting', () => {
    expect(decide({ ...push, origin: 'local' }, { ...free, registry: [] })).toEqual({
      kind: 'denied',
      rule: 'registry',
      reason: 'no repository for event "push": setting "registry" is empty',
      wayOut: 'set registry in the configuration, or name one with --registry',
    });
  });

  test('an event that must be signed and has no signer is denied', () => {
    const question = { ...push, ...local, event: 'schedule', repository: 'team/web' };
    expect(decide(question, free)).toMatchObject({ kind: 'denied', rule: 'sign-config.enabled-signers' });
  });

  test('a signer that is enabled and not defined is denied, even beside one that is', () => {
    const { signers = [] } = free.signConfig ?? {};
    const signConfig = { enabledSigners: { '*': ['everyday', 'hardwear'] }, signers };
    expect(decide({ ...push, origin: 'local' }, { ...free, signConfig })).toMatchObject({
      kind: 'denied',
      reason: 'signer "hardwear" is enabled but not defined',
      wayOut: 'did you mean "hardware"?',
    });
  });

  test('without signers nothing is signed, and the verdict says why', async () => {
    const settings = await settingsOf('registry: r.io/prod');
    expect(decide({ ...push, origin: 'local' }, settings)).toMatchObject({
      signing: { kind: 'unsigned', reason: 'the configuration has no "sign-config"' },
    });
  });
});

describe('whatever is asked', () => {
  const word = fc.oneof(
    fc.string({ maxLength: 12 }),
    fc.constantFrom(
      'team',
      'team/app',
      'other/app',
      'app',
      '..',
      '/',
      'refs/heads/main',
      'refs/tags/v1',
      'TEAM/app',
    ),
  );
  const question: fc.Arbitrary<BuildQuestion> = fc.record({
    origin: fc.constantFrom('local', 'remote'),
    host: fc.option(fc.oneof(word, fc.constant('github.com')), { nil: undefined }),
    repository: fc.oneof(word, fc.constantFrom('team/app', 'other/app', 'mallory/app')),
    event: fc.constantFrom(
      'local',
      'push',
      'pull_request_target',
      'merge_group',
      'workflow_dispatch',
      'schedule',
      'x',
    ),
    ref: fc.option(word, { nil: undefined }),
    protected: fc.option(fc.boolean(), { nil: undefined }),
    pullRequest: fc.option(fc.nat(), { nil: undefined }),
    imageName: fc.tuple(word, word).map((words) => words.join('/')),
    restricted: fc.boolean(),
    privateGoModules: fc.boolean(),
    registries: fc.array(fc.oneof(word, fc.constantFrom('localhost:5000', 'r.io/prod')), { maxLength: 2 }),
  });

  test('there is a verdict, the same each time, and an allowed image has a place', () => {
    fc.assert(
      fc.property(question, (asked) => {
        const verdict = decide(asked, ruled);
        expect(decide(asked, ruled)).toEqual(verdict);
        if (verdict.kind === 'denied') expect(verdict.reason).not.toBe('');
        else expect(verdict.destinations.length).toBeGreaterThan(0);
      }),
      { numRuns: 3000 },
    );
  });

  test('production has only signed images of team and other, each in its own place', () => {
    fc.assert(
      fc.property(question, (asked) => {
        const verdict = decide(asked, ruled);
        if (verdict.kind === 'denied') return;
        const production = verdict.destinations.filter(({ push: { path } }) => path.startsWith('prod/'));
        if (production.length === 0) return;
        const [owner] = asked.repository.split('/');
        expect(['push', 'workflow_dispatch']).toContain(asked.event);
        expect(verdict.signing.kind).toBe('signed-by');
        for (const {
          push: { path },
        } of production)
          expect(path.startsWith(`prod/${owner}/`)).toBe(true);
      }),
      { numRuns: 3000 },
    );
  });

  test('nobody from afar gets anything without a rule', () => {
    fc.assert(
      fc.property(question, (asked) => {
        expect(decide({ ...asked, origin: 'remote' }, free).kind).toBe('denied');
      }),
    );
  });
});
