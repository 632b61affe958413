import { describe, expect, test } from 'vitest';
import { load, oneSigner, printed, problemsOf } from './load-for-test.ts';

const places = { registry: ['r.io/prod'], 'dev-registry': ['r.io/dev'] };
const when = { events: ['push'] };
const allow = { destinations: ['r.io/x'], signing: 'none' };

/** A configuration with these rules; JSON is YAML. */
function config(rules: readonly unknown[], more: object = places): string {
  return JSON.stringify({ ...more, policy: { rules } });
}

describe('rules that are right', () => {
  test('are read in their order, with what they say and no more', async () => {
    const full = {
      name: 'full',
      when: {
        hosts: ['github.com', 'git.example:8443'],
        repositories: ['team/*', '**'],
        events: ['push', 'schedule'],
        refs: ['refs/heads/main', 'refs/tags/v*', 'refs/heads/Ünïcode-#1', 'refs/**'],
        protected: true,
        images: ['team/**', '*-app', 'a/*b*/c'],
      },
      allow: {
        destinations: 'registry',
        'restricted-destinations': [{ push: 'r.io/locked', pull: 'r.io/read' }],
        'requested-destinations': ['localhost:5000/**'],
        signing: ['a'],
        'base-registries': ['docker.io', 'r.io/base'],
        'builder-nodes': ['arm'],
      },
    };
    const no = { name: 'no', when, deny: 'ask the team' };
    const nodes = [{ name: 'arm', builder: 'arm', platforms: ['linux/arm64'] }];
    const signers = `sign-config: ${JSON.stringify({ signers: [{ name: 'a', type: 'cosign', config: { key: '/k' } }] })}`;
    const text = `${signers}\nregistry: r.io/prod\nbuilder-nodes: ${JSON.stringify(nodes)}\npolicy: ${JSON.stringify({ rules: [full, no] })}`;
    const { settings } = await load(text);
    expect(settings.policy).toEqual({
      rules: [
        {
          name: 'full',
          when: full.when,
          allow: {
            destinations: 'registry',
            restrictedDestinations: [{ push: 'r.io/locked', pull: 'r.io/read' }],
            requestedDestinations: ['localhost:5000/**'],
            signing: ['a'],
            baseRegistries: ['docker.io', 'r.io/base'],
            privateGoModules: false,
            builderNodes: ['arm'],
          },
        },
        no,
      ],
    });
  });

  test('may be none at all, which is not the same as no policy', async () => {
    expect((await load(config([]))).settings.policy).toEqual({ rules: [] });
    expect((await load('')).settings.policy).toBeUndefined();
  });
});

describe('patterns', () => {
  const problems = async (key: string, pattern: unknown) =>
    (await problemsOf(config([{ name: 'a', when: { ...when, [key]: [pattern] }, allow }]))).length;

  test.each(['*', '**', 'team/*', 'a.b/c_d', '**/x', 'Team/A-*-b'])(
    '%s is one of repositories',
    async (pattern) => {
      await expect(
        load(config([{ name: 'a', when: { ...when, repositories: [pattern] }, allow }])),
      ).resolves.toBeDefined();
    },
  );

  test.each([
    [
      'repositories',
      [
        '',
        '/',
        'team/',
        '/team',
        'a//b',
        'a/../b',
        '..',
        '.',
        './a',
        'a**',
        '**a',
        '***',
        'a?',
        '[ab]',
        'a b',
        'a\nb',
        'https://github.com/a',
        'ä/b',
        1,
        null,
        'a'.repeat(256),
      ],
    ],
    ['images', ['Team/app', 'team/', 'team/../x', 'a:b', 'a@b', 'A']],
    [
      'refs',
      [
        'main',
        'heads/main',
        'refs/',
        'refs/heads//x',
        'refs/heads/..',
        'refs/heads/a b',
        'refs/heads/a\u0000',
        'refs/heads/[a]',
        'refs/heads/a?',
        '**',
      ],
    ],
    ['hosts', ['https://github.com', 'GitHub.com', 'github.com/', '*.github.com', '']],
    ['events', ['pull_request', 'Push', '*', '']],
  ] as const)('of %s that are refused', async (key, patterns) => {
    for (const pattern of patterns) expect([pattern, await problems(key, pattern)]).toEqual([pattern, 1]);
  });

  test('that were made to be slow are looked at in no time', async () => {
    expect(await problems('repositories', `${'*a'.repeat(120)}!`)).toBe(1);
    expect(await problems('refs', `refs/${'a'.repeat(240)}?`)).toBe(1);
  });
});

describe('rules that are wrong', () => {
  const cases: readonly (readonly [string, unknown, string])[] = [
    [
      'no event',
      { name: 'a', when: {}, allow },
      'policy.rules[0].when.events: required key "events" is missing',
    ],
    [
      'an empty list',
      { name: 'a', when: { events: [] }, allow },
      'policy.rules[0].when.events: expected a list of events, at least one, got an empty list',
    ],
    [
      'an event twice',
      { name: 'a', when: { events: ['push', 'push'] }, allow },
      'policy.rules[0].when.events[1]: "push" is given twice',
    ],
    [
      'a condition among the consequences',
      { name: 'a', when, allow: { ...allow, images: ['x'] } },
      'policy.rules[0].allow.images: unknown key "images"',
    ],
    [
      'nothing that follows',
      { name: 'a', when },
      'policy.rules[0]: expected either "allow" or "deny", got neither',
    ],
    [
      'two things that follow',
      { name: 'a', when, allow, deny: 'no' },
      'policy.rules[0]: expected either "allow" or "deny", got both',
    ],
    [
      'no place to go',
      { name: 'a', when, allow: { signing: 'none' } },
      'policy.rules[0].allow: expected one of "destinations", "restricted-destinations", "requested-destinations": the image goes nowhere',
    ],
    [
      'no word on signing',
      { name: 'a', when, allow: { destinations: 'registry' } },
      'policy.rules[0].allow.signing: required key "signing" is missing',
    ],
    [
      'a signed pull request',
      {
        name: 'a',
        when: { events: ['push', 'pull_request_target'] },
        allow: { ...allow, signing: 'required' },
      },
      'policy.rules[0].allow.signing: images of event "pull_request_target" are never signed',
    ],
    [
      'a signed merge group',
      { name: 'a', when: { events: ['merge_group'] }, allow: { ...allow, signing: ['x'] } },
      'policy.rules[0].allow.signing: images of event "merge_group" are never signed',
    ],
    [
      'a pull request in production',
      { name: 'a', when: { events: ['pull_request_target'] }, allow: { ...allow, destinations: 'registry' } },
      'policy.rules[0].allow.destinations: images of event "pull_request_target" never go to "registry"',
    ],
    [
      'a pull request in restricted production',
      {
        name: 'a',
        when: { events: ['pull_request_target'] },
        allow: { 'restricted-destinations': 'restricted-registry', signing: 'none' },
      },
      'policy.rules[0].allow.restricted-destinations: images of event "pull_request_target" never go to "restricted-registry"',
    ],
    [
      'a destination that is not set',
      { name: 'a', when, allow: { 'restricted-destinations': 'restricted-registry', signing: 'none' } },
      'policy.rules[0].allow.restricted-destinations: "restricted-registry" is not set (set it, or list repositories here)',
    ],
    [
      'a destination that is none',
      { name: 'a', when, allow: { ...allow, destinations: 'prod' } },
      'policy.rules[0].allow.destinations: expected "registry", "dev-registry" or a list of repositories, got "prod"',
    ],
    [
      'signing without signers',
      { name: 'a', when, allow: { ...allow, signing: 'required' } },
      'policy.rules[0].allow.signing: no signer is defined (define one under "sign-config")',
    ],
    [
      'an unknown signer',
      { name: 'a', when, allow: { ...allow, signing: ['b'] } },
      'policy.rules[0].allow.signing[0]: signer "b" is not defined (no signer is defined)',
    ],
    [
      'an unknown builder node',
      { name: 'a', when, allow: { ...allow, 'builder-nodes': ['arm'] } },
      'policy.rules[0].allow.builder-nodes[0]: builder node "arm" is not defined (no builder node is defined)',
    ],
    [
      'a name with a space',
      { name: 'a b', when, allow },
      'policy.rules[0].name: expected a name of lower-case letters, digits and "-", got "a b"',
    ],
  ];

  test.each(cases)('%s', async (_, rule, message) => {
    const problems = (await problemsOf(config([rule]))).map((problem) =>
      printed(problem).replace(/^\d+:\d+ /, ''),
    );
    expect(problems).toHaveLength(1);
    expect(problems[0]).toContain(message);
  });

  test('two of one name', async () => {
    const rule = { name: 'a', when, allow };
    expect((await problemsOf(config([rule, rule]))).map(({ message }) => message)).toEqual([
      '"a" is given twice',
    ]);
  });

  test('are all told at once, each with its place', async () => {
    const text = `policy:
  rules:
    - name: A
      when: {event: [push]}
      allow: {signing: maybe, destinations: prod}
`;
    expect((await problemsOf(text)).map(printed)).toEqual([
      '3:13 policy.rules[0].name: expected a name of lower-case letters, digits and "-", got "A"',
      '4:7 policy.rules[0].when.events: required key "events" is missing (expected a list of events, at least one)',
      '4:14 policy.rules[0].when.event: unknown key "event" (did you mean "events"?)',
      '5:24 policy.rules[0].allow.signing: expected "required", "none" or a list of names of signers, got "maybe"',
      '5:45 policy.rules[0].allow.destinations: expected "registry", "dev-registry" or a list of repositories, got "prod"',
    ]);
  });

  test('name the signers that there are', async () => {
    const rule = JSON.stringify({ name: 'b', when, allow: { ...allow, signing: ['b'] } });
    const problems = await problemsOf(`sign-config:${oneSigner}\npolicy: {rules: [${rule}]}`);
    expect(problems.map(({ hint }) => hint)).toEqual(['defined signers: a']);
  });
});

describe('restricted base images', () => {
  test('come from registries or from parts of them', async () => {
    const { settings } = await load('restricted-bases: [r.io, localhost:5000/base]');
    expect(settings.restrictedBases).toEqual(['r.io', 'localhost:5000/base']);
  });

  test.each(['base', 'r.io/Base', 'https://r.io', 'r.io/base/', 'r.io/a/../b'])(
    'do not come from %s',
    async (place) => {
      expect(await problemsOf(`restricted-bases: [${place}]`)).toHaveLength(1);
    },
  );
});
