import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { asMembers, parseStrictJson } from './strict-json.ts';

const parse = (text: string) => parseStrictJson(Buffer.from(text), 'text');

describe('parseStrictJson', () => {
  test('reads what JSON.parse reads', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const text = JSON.stringify(value);
        expect(parse(text)).toEqual(JSON.parse(text));
      }),
    );
  });

  test('takes the same name in different objects, and as a value', () => {
    const text = '{"a":{"a":"a","b":[{"a":1},{"a":"{\\"a\\":"}]},"b":"a","c":"a"}';
    expect(parse(text)).toEqual(JSON.parse(text));
  });

  test.each([
    '{"a":1,"a":1}',
    '{"a":1,"b":{"a":1},"a":2}',
    '[{"x":{"a":1,"\\u0061":2}}]',
    '{"":1,"":2}',
    '{"__proto__":1,"__proto__":2}',
    '{"a\\"":1,"a\\"":2}',
  ])('refuses %s', (text) => {
    expect(() => parse(text)).toThrow(/same name twice/);
  });

  test.each(['', '{', '{a:1}', '\u{FEFF}{}', '{}{}', '"\n"'])('refuses %j as no JSON', (text) => {
    expect(() => parse(text)).toThrow(expect.objectContaining({ reason: 'envelope.malformed' }));
  });
});

test('members are only those of the object itself', () => {
  const members = asMembers(parse('{"__proto__":1}'), 'text');
  expect([...members]).toEqual([['__proto__', 1]]);
  expect(asMembers({}, 'text').get('constructor')).toBeUndefined();
  expect(() => asMembers([], 'text')).toThrow(/text is not a JSON object/);
});
