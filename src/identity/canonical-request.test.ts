import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { pushRequest } from '../../test/fakes/oidc-issuer/open-trust.ts';
import { canonicalRequest, type RemoteRequest, requestAudience } from './canonical-request.ts';

const of = (build: object): RemoteRequest => ({ ...pushRequest, build });

describe('the canonical request', () => {
  test('is sorted JSON with a version, and its hash the audience', () => {
    const text =
      '{"request":{"build":{"name":"team/app","platforms":["linux/amd64"]},"source":{' +
      `"commitSha":"${'a'.repeat(40)}","event":"push","eventSha":"${'a'.repeat(40)}","name":"app",` +
      '"owner":"kyma-project","ref":"refs/heads/main","runId":"777"}},"version":1}';
    expect(canonicalRequest(pushRequest)).toBe(text);
    expect(requestAudience(pushRequest)).toBe(
      'image-builder:sha256:5bd130396bc4d60cda475b890f00ce3d26b1c8361715c24057b36b43e6e74875',
    );
  });

  test('does not depend on the order of fields, nor on those that are undefined', () => {
    const { source, build } = pushRequest;
    const turned = Object.fromEntries(Object.entries(source).toReversed()) as typeof source;
    const request = { build: { target: undefined, ...build }, source: { pullRequest: undefined, ...turned } };
    expect(canonicalRequest(request)).toBe(canonicalRequest(pushRequest));
  });

  test('sorts names by UTF-16 code units', () => {
    const text = canonicalRequest(
      of({ '\u{FB33}': 1, '\u{1F600}': 1, '\u20AC': 1, a: 1, B: 1, 1: 1, '': 1 }),
    );
    expect(Object.keys(JSON.parse(text.replace('"1":', '"_1":')).request.build)).toEqual([
      '',
      '_1',
      'B',
      'a',
      '\u20AC',
      '\u{1F600}',
      '\u{FB33}',
    ]);
  });

  const value = fc.letrec((tie) => ({
    tree: fc.oneof(
      { maxDepth: 4 },
      fc.string({ unit: 'grapheme' }),
      fc.boolean(),
      fc.maxSafeInteger(),
      fc.array(tie('tree')),
      fc.dictionary(fc.string(), tie('tree')),
    ),
  })).tree;

  test('loses nothing: it reads back as the request that it was', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), value), (build) => {
        expect(JSON.parse(canonicalRequest(of(build))).request.build).toEqual(
          JSON.parse(JSON.stringify(build)),
        );
      }),
    );
  });

  test('binds what a later version may add beside source and build', () => {
    expect(requestAudience({ ...pushRequest, more: 'x' } as RemoteRequest)).not.toBe(
      requestAudience(pushRequest),
    );
  });

  test.each([
    ['a fraction', { a: 1.5 }, 'request.build.a'],
    ['a number that is none', { a: [0, Number.NaN] }, 'request.build.a[1]'],
    ['a number beyond what every reader can hold', { a: 2 ** 53 }, 'request.build.a'],
    ['nothing', { a: { b: null } }, 'request.build.a.b'],
    ['a hole in a list', { a: [undefined] }, 'request.build.a[0]'],
    ['half a character', { a: '\uD800' }, 'request.build.a'],
    ['half a character in a name', { '\uD800': 1 }, 'request.build'],
    ['a date', { a: new Date(0) }, 'request.build.a'],
    ['a map', { a: new Map() }, 'request.build.a'],
    ['a function', { a: () => 1 }, 'request.build.a'],
    ['a large number', { a: 1n }, 'request.build.a'],
  ])('does not exist for %s', (_, build, field) => {
    expect(() => canonicalRequest(of(build))).toThrow(
      expect.objectContaining({ code: 'request.invalid', details: { field } }),
    );
  });
});
