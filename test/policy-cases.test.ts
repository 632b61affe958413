import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { loadPolicyCases, loadSettings } from '../src/config/index.ts';
import { runCase } from '../src/policy/index.ts';
import { checkTemplate, checkValidationPattern } from '../src/tags/index.ts';

const configs = join(import.meta.dirname, '../configs');
const path = join(configs, 'image-builder-config.yaml');
const checks = { checkTemplate, checkPattern: checkValidationPattern };
const { settings } = await loadSettings({
  env: {},
  shippedConfig: { path, text: readFileSync(path, 'utf8') },
  checks,
});

describe('the shipped policy', async () => {
  const cases = await loadPolicyCases(join(configs, 'policy-cases.yaml'));

  test.each(cases.map((each) => [each.name, each] as const))('%s', (_, each) => {
    expect(runCase(each, settings).differences).toEqual([]);
  });

  test('has cases for every rule, and for what no rule fits', () => {
    const decided = new Set(cases.map((each) => runCase(each, settings).verdict.rule));
    const rules = settings.policy?.rules.map(({ name }) => name) ?? [];
    expect([...decided].toSorted()).toEqual([...rules, 'policy', 'restricted-bases'].toSorted());
  });
});

describe('a table of cases', () => {
  let folder = '';
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'policy-cases-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  function load(text: string) {
    const file = join(folder, 'cases.yaml');
    writeFileSync(file, text);
    return loadPolicyCases(file);
  }

  const push = { repository: 'kyma-project/app', event: 'push', image: 'app' };

  async function differences(question: object, expected: object) {
    const [only] = await load(JSON.stringify({ cases: [{ name: 'a', question, expect: expected }] }));
    if (only === undefined) throw new Error('expected one case');
    return runCase(only, settings).differences;
  }

  test.each<readonly [string, object, object, readonly string[]]>([
    ['what is left out is not compared', push, { verdict: 'allowed' }, []],
    [
      'another verdict, with the reason',
      { ...push, repository: 'team/app' },
      { verdict: 'allowed', rule: 'production', signers: [] },
      [
        'expected allowed, got denied: no rule allows event "push" of "team/app" for image "app"',
        'expected rule production, got policy',
      ],
    ],
    ['an allowed build that should be denied', push, { verdict: 'denied' }, ['expected denied, got allowed']],
    ['another rule', push, { verdict: 'allowed', rule: 'local' }, ['expected rule local, got production']],
    [
      'other destinations and signers',
      push,
      { verdict: 'allowed', destinations: ['r.io/app'], signers: [] },
      [
        'expected destinations r.io/app, got europe-docker.pkg.dev/kyma-project/prod/app',
        'expected signers none, got signify-prod',
      ],
    ],
    [
      'a base image that may not be used',
      { ...push, bases: ['europe-docker.pkg.dev/kyma-project/restricted-prod/x'] },
      { verdict: 'denied', rule: 'production' },
      ['expected rule production, got restricted-bases'],
    ],
  ])('is compared: %s', async (_, question, expected, found) => {
    expect(await differences(question, expected)).toEqual(found);
  });

  test('is refused with all that is wrong in it', async () => {
    const text = `case: []
cases:
  - name: a
    question: {repository: x/y, event: push, img: app}
    expect: {verdict: maybe}
  - name: a
    question: {repository: 1, event: push, image: app, pull-request: 0}
    expect: {verdict: denied, signers: []}
    more: 1
`;
    await expect(load(text)).rejects.toMatchObject({
      code: 'config.invalid',
      details: {
        problems: [
          { line: 1, message: 'unknown key "case"', hint: 'did you mean "cases"?' },
          { line: 4, path: 'cases[0].question.image', message: 'required key "image" is missing' },
          { line: 4, message: 'unknown key "img"', hint: 'did you mean "image"?' },
          { line: 5, message: 'expected one of "allowed", "denied", got "maybe"' },
          { line: 7, message: 'expected a text, got 1' },
          { line: 7, message: 'expected a whole number from 1 to 999999999, got 0' },
          { line: 8, message: 'unknown key "signers"' },
          { line: 9, message: 'unknown key "more"' },
        ],
      },
    });
  });

  test.each([
    [
      'two of one name',
      JSON.stringify({
        cases: [1, 2].map(() => ({ name: 'a', question: push, expect: { verdict: 'allowed' } })),
      }),
    ],
    ['none', '{cases: []}'],
    ['nothing', ''],
    ['a list', '[]'],
    ['no YAML', 'cases: ['],
  ])('is refused when it has %s', async (_, text) => {
    await expect(load(text)).rejects.toMatchObject({ code: 'config.invalid' });
  });

  test('must be there', async () => {
    await expect(loadPolicyCases(join(folder, 'none.yaml'))).rejects.toMatchObject({
      code: 'config.not-found',
    });
  });
});
