import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isFailure } from '../core/index.ts';
import { parseTagArgument } from './parse-tag-argument.ts';
import { resolveTags } from './resolve-tags.ts';
import { type TagFacts, type TagTemplate, tagBuildArgs, uniqueTagValues } from './tag.ts';

const facts: TagFacts = {
  date: new Date('2021-09-30T12:00:00Z'),
  commitSha: '1234567890abcdef1234567890abcdef12345678',
  shortShaLength: 7,
  pullRequest: 123,
  allowedEnvironment: ['BRANCH'],
  environment: { BRANCH: 'feature/x' },
};
const byDefault: TagTemplate = {
  name: 'default_tag',
  value: 'PR-{{ .PRNumber }}',
  validation: '^PR-[0-9]+$',
};

function resolve(...extra: readonly string[]) {
  return resolveTags({ defaults: [byDefault], extra: extra.map(parseTagArgument), facts });
}

describe('the tags of a build', () => {
  test('begin with the defaults, in their order, and go on with the tags of the caller', () => {
    const additional: TagTemplate = { name: 'AdditionalPRTag', value: '{{ .ShortSHA }}' };
    const tags = resolveTags({
      defaults: [byDefault, additional],
      extra: ['latest', 'release=v{{ .Date }}'].map(parseTagArgument),
      facts,
    });
    expect(tags).toEqual([
      { name: 'default_tag', value: 'PR-123', validation: '^PR-[0-9]+$' },
      { name: 'AdditionalPRTag', value: '1234567' },
      { name: 'latest', value: 'latest' },
      { name: 'release', value: 'v20210930' },
    ]);
  });

  test('hold the same name and value once', () => {
    expect(resolve('latest', 'latest', 'latest=latest').map((tag) => tag.name)).toEqual([
      'default_tag',
      'latest',
    ]);
  });

  test('keep two names of one value for build args, and push the value once', () => {
    const tags = resolve('a=v1', 'b=v1', 'c=PR-123');
    expect(tagBuildArgs(tags)).toEqual([
      ['TAG_default_tag', 'PR-123'],
      ['TAG_a', 'v1'],
      ['TAG_b', 'v1'],
      ['TAG_c', 'PR-123'],
    ]);
    expect(uniqueTagValues(tags)).toEqual(['PR-123', 'v1']);
  });

  test('take an empty validation of another tag as none', () => {
    const extra = [{ name: 'a', value: 'v1', validation: '' }];
    expect(resolveTags({ defaults: [byDefault], extra, facts })[1]).toEqual({ name: 'a', value: 'v1' });
  });

  test.each([
    ['a/b', 'tag "ab" has the value "a/b", which no registry takes'],
    ['x={{ .Env "BRANCH" }}', 'tag "x" has the value "feature/x", which no registry takes'],
    ['x=.hidden', 'tag "x" has the value ".hidden", which no registry takes'],
    [`x=sha256-${'a'.repeat(64)}`, 'under which signatures are kept'],
    [`x=SHA256-${'A'.repeat(64)}.sig`, 'under which signatures are kept'],
    [`x=sha512-${'0'.repeat(64)}`, 'under which signatures are kept'],
    [`x=fp-${'0'.repeat(64)}`, 'under which images are found again'],
    [`x=FP-${'A'.repeat(64)}`, 'under which images are found again'],
    ['x=-v', 'tag "x" has the value "-v", which no registry takes'],
    ['x=a b', 'tag "x" has the value "a b", which no registry takes'],
    ['x=é', 'tag "x" has the value "é", which no registry takes'],
    [`x=${'a'.repeat(129)}`, 'which no registry takes'],
    ['v1.0,', 'tag "v10" has the value "v1.0,", which no registry takes'],
    ['default_tag=v1', 'tag "v1" takes the reserved name "default_tag"'],
    ['default_tag', 'tag "default_tag" takes the reserved name "default_tag"'],
    ['x={{ .Nope }}', 'tag template "{{ .Nope }}" uses unknown field ".Nope" at column 4'],
    ['x={{ .PRNumber | slice 1 }}', 'where it needs a text'],
  ])('refuse %j: %s', (argument, message) => {
    expect(() => resolve(argument)).toThrow(
      expect.objectContaining({ code: 'tag.invalid', message: expect.stringContaining(message) }),
    );
  });

  test('refuse two values under one name, naming both and the way out', () => {
    expect(() => resolve('v1.0', 'v10')).toThrow(
      expect.objectContaining({
        code: 'tag.invalid',
        message: 'tag name "v10" has two values, "v1.0" and "v10"',
        hint: 'give each value a name of its own: name=value',
        details: { tag: 'v10' },
      }),
    );
  });

  test('take a value of 128 characters', () => {
    const longest = 'a'.repeat(128);
    expect(uniqueTagValues(resolve(`x=${longest}`))).toContain(longest);
  });
});

describe('a tag of the configuration', () => {
  const resolveDefault = (template: TagTemplate) => resolveTags({ defaults: [template], extra: [], facts });

  test.each([
    [{ ...byDefault, validation: undefined }, 'default tag "default_tag" has no validation pattern'],
    [{ ...byDefault, validation: '' }, 'default tag "default_tag" has no validation pattern'],
    [
      { ...byDefault, validation: '^v' },
      'tag "default_tag" has the value "PR-123", which does not match its validation pattern "^v"',
    ],
    [{ ...byDefault, validation: '(' }, 'tag validation pattern "(" is invalid: '],
    [{ ...byDefault, name: '' }, 'tag "PR-{{ .PRNumber }}" has no name'],
    [{ ...byDefault, name: 'a b' }, 'tag "PR-{{ .PRNumber }}" has the name "a b"'],
    [{ ...byDefault, value: '' }, 'tag template "" renders to nothing'],
  ])('%j is refused: %s', (template, message) => {
    expect(() => resolveDefault(template)).toThrow(
      expect.objectContaining({ code: 'tag.invalid', message: expect.stringContaining(message) }),
    );
  });

  test('must be there at all', () => {
    expect(() => resolveTags({ defaults: [], extra: [], facts })).toThrow('has no validation pattern');
  });

  test('is checked even when the caller gives the same tag', () => {
    const second = { name: 'x', value: 'v1', validation: '^v2$' };
    const extra = [{ name: 'x', value: 'v1' }];
    expect(() => resolveTags({ defaults: [byDefault, second], extra, facts })).toThrow('"^v2$"');
  });
});

test('any list of tag arguments gives tags that a registry takes, or is refused', () => {
  const part = fc.constantFrom(
    'a',
    'v1',
    '=',
    '.',
    '-',
    '/',
    ' ',
    '{{ .Date }}',
    '{{ .PRNumber }}',
    '{{',
    '}}',
  );
  const argument = fc.array(part, { maxLength: 6 }).map((parts) => parts.join(''));
  fc.assert(
    fc.property(fc.array(argument, { maxLength: 4 }), (untrustedArguments) => {
      try {
        const tags = resolve(...untrustedArguments);
        expect(tags[0]?.value).toBe('PR-123');
        expect(new Set(tags.map((tag) => tag.name)).size).toBe(tags.length);
        for (const tag of tags) expect(tag.value).toMatch(/^[a-zA-Z0-9_][a-zA-Z0-9._-]{0,127}$/);
      } catch (error) {
        if (!isFailure(error, 'tag.invalid')) throw error;
      }
    }),
  );
});
