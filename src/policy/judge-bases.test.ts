import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import type { Settings } from '../config/index.ts';
import { decide } from './decide.ts';
import { judgeBases, restrictsBases } from './judge-bases.ts';
import type { BuildQuestion } from './question.ts';
import { places, rules, settingsOf } from './settings-for-test.ts';
import type { BaseRules } from './verdict.ts';

const image = (untrustedName: string) => ({ kind: 'image', untrustedName }) as const;
const address = (untrustedUrl: string) => ({ kind: 'address', untrustedUrl }) as const;
const digest = `sha256:${'a'.repeat(64)}`;

const restricted: BaseRules = {
  restricted: { places: ['r.io/locked', 'licensed.example'], openTo: 'r.io/dev/app' },
};
const only: BaseRules = { only: { rule: 'release', places: ['docker.io/library', 'r.io/base'] } };
const hub: BaseRules = { only: { rule: 'release', places: ['docker.io'] } };

describe('a restricted base image', () => {
  test.each([
    'r.io/locked/python',
    'r.io/locked/python:3.14',
    `r.io/locked/python@${digest}`,
    `r.io/locked/a/b/python:3@${digest}`,
    'r.io/locked',
    'R.IO/locked/python',
    'r.io:443/locked/python',
    'licensed.example/x',
    'LICENSED.example:443/deep/down/x:1',
  ])('%s may not go to open repositories', (name) => {
    expect(judgeBases([image('alpine'), image(name)], restricted)).toEqual({
      kind: 'denied',
      rule: 'restricted-bases',
      reason: `base image "${name}" is restricted, and "r.io/dev/app" is not`,
      wayOut: 'push to the restricted registries (--use-restricted-registry), or use another base image',
    });
  });

  test.each([
    'r.io/locked-not/python',
    'r.io/lock',
    'r.io/x/locked/python',
    'r.io:5000/locked/python',
    'x.r.io/locked/python',
    'licensed.example.com/x',
    'alpine',
    'team/locked',
    `alpine:3@${digest}`,
  ])('is not %s', (name) => {
    expect(judgeBases([image(name)], restricted)).toBeUndefined();
  });

  test.each([
    'https://r.io/v2/locked/python/blobs/sha256:abc',
    'https://R.io:443/v2//locked/python/blobs/sha256:abc',
    'https://r.io/v2/x/../locked/python/manifests/3',
    'http://licensed.example/v2/x/blobs/sha256:abc',
  ])('may not be taken apart by %s', (url) => {
    expect(judgeBases([address(url)], restricted)).toMatchObject({ rule: 'restricted-bases' });
  });

  test.each([
    'https://r.io/v2/other/python/blobs/sha256:abc',
    'https://r.io/locked/readme.txt',
    'https://github.com/team/app.git#main',
    'git@github.com:team/app.git',
    '',
  ])('is not %s', (url) => {
    expect(judgeBases([address(url)], restricted)).toBeUndefined();
  });

  test.each(['', 'r.io/Locked/x', 'r.io/../locked/x', 'r.io//x', 'a b', 'r.io/x@sha256:abc'])(
    'may hide behind "%s", which is refused too',
    (name) => {
      expect(judgeBases([image(name)], restricted)).toMatchObject({
        kind: 'denied',
        rule: 'restricted-bases',
      });
    },
  );
});

describe('a rule that names the places of base images', () => {
  test.each([
    'alpine',
    'alpine:3',
    'docker.io/library/alpine',
    'index.docker.io/library/alpine',
    'DOCKER.IO/alpine',
    'r.io/base/go',
    'r.io/base',
  ])('allows %s', (name) => {
    expect(judgeBases([image(name)], only)).toBeUndefined();
  });

  test.each([
    'team/alpine',
    'library.example/alpine',
    'r.io/baseless/go',
    'r.io/go',
    'evil.example/library/alpine',
    'localhost/alpine',
    'A/alpine',
  ])('refuses %s', (name) => {
    expect(judgeBases([image('alpine'), image(name)], only)).toEqual({
      kind: 'denied',
      rule: 'release',
      reason: `base image "${name}" comes from a place that is not allowed`,
      wayOut: 'use one from docker.io/library, r.io/base',
    });
  });

  test('means all of a registry when it names one', () => {
    for (const name of ['alpine', 'team/alpine', 'docker.io/a/b/c'])
      expect(judgeBases([image(name)], hub)).toBeUndefined();
    expect(judgeBases([image('r.io/alpine')], hub)).toMatchObject({ kind: 'denied' });
  });

  test('has nothing against what is no image', () => {
    expect(judgeBases([address('https://example.com/x.tar.gz')], only)).toBeUndefined();
  });
});

describe('what a verdict says about base images', () => {
  let settings: Settings;
  beforeAll(async () => {
    settings = await settingsOf(places + rules);
  });

  const question: BuildQuestion = {
    origin: 'remote',
    host: 'github.com',
    repository: 'team/app',
    event: 'push',
    ref: 'refs/heads/main',
    imageName: 'team/app',
    restricted: false,
    privateGoModules: false,
    registries: [],
  };
  const bases = (change: Partial<BuildQuestion>, changed: Partial<Settings> = {}) => {
    const verdict = decide({ ...question, ...change }, { ...settings, ...changed });
    if (verdict.kind === 'denied') throw new Error(verdict.reason);
    return verdict.bases;
  };
  const restrictedPlaces = [
    'licensed.example',
    'r.io/locked-prod',
    'r.io/read-prod',
    'r.io/locked-dev',
    'r.io/read-dev',
    'vault.io/in',
    'vault.io/out',
  ];

  test('open repositories take none from where restricted images are, whoever put them there', () => {
    expect(bases({}).restricted).toEqual({ places: restrictedPlaces, openTo: 'r.io/prod/team/app' });
    expect(bases({ event: 'pull_request_target', pullRequest: 1 })).toEqual({
      restricted: { places: restrictedPlaces, openTo: 'r.io/dev/team/app' },
    });
  });

  test('restricted repositories take all that the rule allows', () => {
    expect(bases({ restricted: true })).toEqual({
      only: { rule: 'release', places: ['docker.io/library', 'r.io/base'] },
    });
    expect(bases({ repository: 'vault/app', restricted: true })).toEqual({});
  });

  test("a registry of somebody's choice is restricted by where it lies", () => {
    const chosen = (registries: readonly string[]) =>
      bases({ origin: 'local', event: 'local', registries }, { policy: undefined as never }).restricted
        ?.openTo;
    expect(chosen(['r.io/locked-dev/mine'])).toBeUndefined();
    expect(chosen(['r.io/locked-dev-not'])).toBe('r.io/locked-dev-not/team/app');
    expect(chosen(['r.io/locked-dev', 'localhost:5000'])).toBe('localhost:5000/team/app');
    expect(chosen(['r.io/read-dev'])).toBe('r.io/read-dev/team/app');
  });

  test('is nothing where nothing is restricted', () => {
    const changed = {
      restrictedBases: [],
      restrictedRegistry: [],
      restrictedDevRegistry: [],
      policy: undefined as never,
    };
    expect(restrictsBases(bases({ origin: 'local' }, changed))).toBe(false);
  });
});

test('no name outside a place is taken to lie in it', () => {
  const component = fc.stringMatching(/^[a-z0-9]{1,5}(?:[-.][a-z0-9]{1,3})?$/);
  const path = fc.array(component, { minLength: 1, maxLength: 3 }).map((parts) => parts.join('/'));
  fc.assert(
    fc.property(path, path, (place, name) => {
      const verdict = judgeBases([image(`r.io/${name}`)], {
        restricted: { places: [`r.io/${place}`], openTo: 'x.io/y' },
      });
      expect(verdict !== undefined).toBe(name === place || name.startsWith(`${place}/`));
    }),
  );
});
