import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseChallenges } from './parse-challenges.ts';

function plain(header: string) {
  return parseChallenges(header).map(({ scheme, parameters }) => [scheme, Object.fromEntries(parameters)]);
}

describe('a WWW-Authenticate header', () => {
  test.each([
    ['', []],
    ['Basic', [['basic', {}]]],
    ['BASIC realm="x"', [['basic', { realm: 'x' }]]],
    ['Basic realm=x', [['basic', { realm: 'x' }]]],
    [
      'Bearer realm="https://a/b?c=d,e",service="s, t"',
      [['bearer', { realm: 'https://a/b?c=d,e', service: 's, t' }]],
    ],
    [
      'Bearer  REALM = "r" , scope="repository:a/b:pull,push"',
      [['bearer', { realm: 'r', scope: 'repository:a/b:pull,push' }]],
    ],
    ['Bearer realm="say \\"hi\\" \\\\"', [['bearer', { realm: 'say "hi" \\' }]]],
    [
      'Negotiate, Basic realm="x", Bearer realm="y",service=z',
      [
        ['negotiate', {}],
        ['basic', { realm: 'x' }],
        ['bearer', { realm: 'y', service: 'z' }],
      ],
    ],
    [
      'Negotiate a87421000492aa874209af8bc028==, Basic realm="x"',
      [
        ['negotiate', {}],
        ['basic', { realm: 'x' }],
      ],
    ],
    [', ,Basic realm="x",, charset="UTF-8"', [['basic', { realm: 'x', charset: 'UTF-8' }]]],
    ['Bearer realm="first", realm="second"', [['bearer', { realm: 'first' }]]],
    ['Bearer realm="open', [['bearer', {}]]],
    ['Bearer realm="x" "stray", Basic realm="y"', [['bearer', { realm: 'x' }]]],
    ['"quoted"', []],
  ])('%s is read as %j', (header, expected) => {
    expect(plain(header)).toEqual(expected);
  });

  test('is read back as it was printed', () => {
    const name = fc.stringMatching(/^[a-z][a-z0-9_-]{0,8}$/);
    const value = fc.string({ maxLength: 20 });
    const challenge = fc.tuple(
      name,
      fc.dictionary(name, value, { minKeys: 1, maxKeys: 4, noNullPrototype: true }),
    );
    const quote = (text: string) => `"${text.replaceAll(/["\\]/g, '\\$&')}"`;
    fc.assert(
      fc.property(fc.array(challenge, { maxLength: 4 }), (challenges) => {
        const header = challenges
          .map(
            ([scheme, parameters]) =>
              `${scheme} ${Object.entries(parameters)
                .map(([key, text]) => `${key}=${quote(text)}`)
                .join(', ')}`,
          )
          .join(', ');
        expect(plain(header)).toEqual(challenges);
      }),
    );
  });

  test('of any content neither throws nor hangs', () => {
    const piece = fc.constantFrom('Bearer', ' ', ',', '=', '"', '\\', 'realm', 'a'.repeat(500), '==');
    const text = fc.oneof(
      fc.string(),
      fc.array(piece, { maxLength: 60 }).map((pieces) => pieces.join('')),
    );
    fc.assert(fc.property(text, (header) => void parseChallenges(header)));
  });
});
