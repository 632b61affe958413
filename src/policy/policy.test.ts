import { describe, expect, test } from 'vitest';
import { printRepository } from '../oci/index.ts';
import { type DestinationQuestion, decideDestinations } from './decide-destinations.ts';
import { decideSigning } from './decide-signing.ts';

const rules = {
  registry: ['reg.example/prod', 'mirror.example/prod'],
  devRegistry: ['reg.example/dev'],
  restrictedRegistry: [{ push: 'reg.example/locked-prod', pull: 'reg.example/restricted-prod' }],
  restrictedDevRegistry: [{ push: 'reg.example/locked-dev', pull: 'reg.example/restricted-dev' }],
};

const ask = (question: Partial<DestinationQuestion>) => {
  const decided = decideDestinations({
    event: 'push',
    imageName: 'team/app',
    restricted: false,
    registries: [],
    rules,
    ...question,
  });
  const names = decided.destinations.map(({ push, pull }) => [printRepository(push), printRepository(pull)]);
  return { rule: decided.rule, names };
};

describe('where an image goes', () => {
  test.each([
    ['push', 'registry', ['reg.example/prod/team/app', 'mirror.example/prod/team/app']],
    ['schedule', 'registry', ['reg.example/prod/team/app', 'mirror.example/prod/team/app']],
    ['workflow_dispatch', 'registry', ['reg.example/prod/team/app', 'mirror.example/prod/team/app']],
    ['pull_request_target', 'dev-registry', ['reg.example/dev/team/app']],
    ['merge_group', 'dev-registry', ['reg.example/dev/team/app']],
    ['local', 'dev-registry', ['reg.example/dev/team/app']],
  ])('%s: decided by %s', (event, rule, names) => {
    expect(ask({ event })).toEqual({ rule, names: names.map((name) => [name, name]) });
  });

  test.each([
    ['push', 'restricted-registry', 'locked-prod', 'restricted-prod'],
    ['pull_request_target', 'restricted-dev-registry', 'locked-dev', 'restricted-dev'],
  ])('restricted %s is pushed to one repository and pulled from another', (event, rule, push, pull) => {
    expect(ask({ event, restricted: true })).toEqual({
      rule,
      names: [[`reg.example/${push}/team/app`, `reg.example/${pull}/team/app`]],
    });
  });

  test('--registry takes the place of the configured ones, each once', () => {
    const { rule, names } = ask({ registries: ['localhost:5000/a', 'localhost:5000/a/', 'localhost:5000'] });
    expect(rule).toBe('--registry');
    expect(names.map(([push]) => push)).toEqual(['localhost:5000/a/team/app', 'localhost:5000/team/app']);
  });

  test.each(['team', 'reg.example/Team', 'http://reg.example', 'reg.example/a/../b'])(
    '--registry %s is refused',
    (registry) => {
      expect(() => ask({ registries: [registry] })).toThrow(
        expect.objectContaining({ code: 'request.invalid' }),
      );
    },
  );

  test('nowhere to go is refused, naming the setting', () => {
    const empty = { ...rules, registry: [] };
    expect(() => ask({ rules: empty })).toThrow(
      'no repository for event "push": setting "registry" is empty',
    );
  });
});

describe('who signs', () => {
  const signing = {
    enabledSigners: { '*': ['everyday'], 'team/app': ['team', 'everyday'], 'team/typo': ['evryday'] },
    signers: [
      { name: 'everyday', jobTypes: ['postsubmit', 'schedule'] },
      { name: 'team', jobTypes: [] },
    ],
  };
  const decide = (event: string, repository: string) => decideSigning({ event, repository, rules: signing });

  test('everybody and the repository name signers, each once', () => {
    expect(decide('push', 'team/app')).toEqual({ kind: 'signed-by', signers: ['everyday', 'team'] });
    expect(decide('push', 'other/app')).toEqual({ kind: 'signed-by', signers: ['everyday'] });
  });

  test('a signer signs only the jobs that it is for', () => {
    expect(decide('workflow_dispatch', 'team/app')).toEqual({ kind: 'signed-by', signers: ['team'] });
  });

  test.each(['local', 'pull_request_target', 'merge_group'])('%s is never signed', (event) => {
    expect(decide(event, 'team/app')).toEqual({
      kind: 'unsigned',
      reason: `event "${event}" is never signed`,
    });
  });

  test('an event that must be signed and has no signer is refused', () => {
    expect(() => decide('workflow_dispatch', 'other/app')).toThrow(
      expect.objectContaining({ code: 'policy.denied' }),
    );
  });

  test('a signer that is enabled but not defined is refused, naming the nearest', () => {
    expect(() => decide('push', 'team/typo')).toThrow(
      expect.objectContaining({
        message: 'signer "evryday" is enabled but not defined',
        hint: 'did you mean "everyday"?',
      }),
    );
  });

  test('without sign-config nothing is signed, and the plan says why', () => {
    const decided = decideSigning({ event: 'push', repository: 'team/app', rules: undefined });
    expect(decided).toEqual({ kind: 'unsigned', reason: 'the configuration has no "sign-config"' });
  });
});
