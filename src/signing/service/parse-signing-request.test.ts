import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseSigningRequest } from './parse-signing-request.ts';
import { SigningRefusal } from './signing-refusal.ts';

const hex = 'ab'.repeat(32);
const target = { name: 'v1', byteSize: 700, digest: hex };
const gun = 'r.example.com/team/app';

const bytes = (value: unknown) => Buffer.from(typeof value === 'string' ? value : JSON.stringify(value));
const withTarget = (changes: object) => ({
  trustedCollections: [{ gun, targets: [{ ...target, ...changes }] }],
});
const withGun = (name: unknown) => ({ trustedCollections: [{ gun: name, targets: [target] }] });

describe('an order', () => {
  test('names images, each once with all its tags', () => {
    const targets = [target, { ...target, name: 'v2' }, { ...target, name: 'v2' }];
    const other = { gun: 'localhost:5000/x', targets: [{ ...target, digest: 'cd'.repeat(32) }] };
    const body = { trustedCollections: [{ gun, targets }, other] };
    const [registry, path] = ['r.example.com', 'team/app'];
    expect(parseSigningRequest(bytes(body))).toEqual([
      { gun, repository: { registry, path }, digest: `sha256:${hex}`, size: 700, tags: ['v1', 'v2'] },
      {
        gun: 'localhost:5000/x',
        repository: { registry: 'localhost:5000', path: 'x' },
        digest: `sha256:${'cd'.repeat(32)}`,
        size: 700,
        tags: ['v1'],
      },
    ]);
  });

  const digestRule = '64 lower-case hexadecimal digits without "sha256:"';
  const gunRule = 'a registry and a repository without a tag, such as "registry.example.com/team/app"';
  const firstTarget = 'trustedCollections[0].targets[0]';

  test.each([
    ['nothing', '', 'the body is not JSON in UTF-8'],
    ['half a text', '{"trustedCollections":', 'the body is not JSON in UTF-8'],
    ['null', 'null', 'the body: expected an object, got null'],
    ['a list', [], 'the body: expected an object, got an empty list'],
    ['no key', {}, 'the body lacks the key "trustedCollections"'],
    [
      'no collection',
      { trustedCollections: [] },
      'trustedCollections: expected a list that is not empty, got an empty list',
    ],
    [
      'a mapping of them',
      { trustedCollections: {} },
      'trustedCollections: expected a list that is not empty, got an object',
    ],
    ['another key', { trustedCollections: [], gunTargets: [] }, 'the body has the unknown key "gunTargets"'],
    [
      'the key of every object',
      '{"trustedCollections":[],"__proto__":{}}',
      'the body has the unknown key "__proto__"',
    ],
    [
      'a collection that is a text',
      { trustedCollections: ['x'] },
      'trustedCollections[0]: expected an object, got "x"',
    ],
    ['no targets', { trustedCollections: [{ gun }] }, 'trustedCollections[0] lacks the key "targets"'],
    [
      'a GUN with a tag',
      withGun(`${gun}:v1`),
      `trustedCollections[0].gun: expected ${gunRule}, got "${gun}:v1"`,
    ],
    ['a GUN with a digest', withGun(`${gun}@sha256:${hex}`), /gun: expected/],
    ['a GUN without a registry', withGun('team/app'), /gun: expected/],
    ['a GUN with another name of Docker Hub', withGun('docker.io/team/app'), /gun: expected/],
    ['a GUN that climbs', withGun('r.example.com/team/../other'), /gun: expected/],
    ['a GUN with an empty part', withGun('r.example.com/team//app'), /gun: expected/],
    ['a GUN in capitals', withGun('r.example.com/Team/app'), /gun: expected/],
    ['a GUN that is an address', withGun(`https://${gun}`), /gun: expected/],
    ['a GUN that is a list', withGun([gun]), `trustedCollections[0].gun: expected ${gunRule}, got a list`],
    ['a very long GUN', withGun(`r.example.com/${'a'.repeat(500)}`), /got "r\.example\.com\/a{85}…$/],
    ['another key of a target', withTarget({ version: 1 }), `${firstTarget} has the unknown key "version"`],
    [
      'a digest with its algorithm',
      withTarget({ digest: `sha256:${hex}` }),
      `${firstTarget}.digest: expected ${digestRule}, got "sha256:${hex}"`,
    ],
    ['a digest that is too short', withTarget({ digest: hex.slice(1) }), /digest: expected/],
    ['a digest in capitals', withTarget({ digest: hex.toUpperCase() }), /digest: expected/],
    ['a digest of SHA-512', withTarget({ digest: hex + hex }), /digest: expected/],
    ['a digest with a line break', withTarget({ digest: `${hex}\n` }), /digest: expected/],
    [
      'a size of nothing',
      withTarget({ byteSize: 0 }),
      `${firstTarget}.byteSize: expected the size of the manifest in bytes, got 0`,
    ],
    ['a size as text', withTarget({ byteSize: '700' }), /byteSize: expected/],
    ['half a byte', withTarget({ byteSize: 0.5 }), /byteSize: expected/],
    ['a size beyond counting', withTarget({ byteSize: 2 ** 60 }), /byteSize: expected/],
    ['no tag', withTarget({ name: '' }), `${firstTarget}.name: expected a tag, got ""`],
    ['a tag with a line break', withTarget({ name: 'v1\n' }), /name: expected a tag, got "v1\\n"$/],
    [
      'two sizes of one image',
      { trustedCollections: [{ gun, targets: [target, { ...target, name: 'v2', byteSize: 701 }] }] },
      `${gun}@sha256:${hex} has two values of byteSize: 700 and 701`,
    ],
    [
      'very many targets',
      {
        trustedCollections: [
          { gun, targets: Array.from({ length: 101 }, (_, at) => ({ ...target, name: `v${at}` })) },
        ],
      },
      'expected at most 100 targets',
    ],
  ])('with %s is refused', (_, body, message) => {
    expect(() => parseSigningRequest(bytes(body))).toThrow(
      expect.objectContaining({
        code: 'request-invalid',
        status: 400,
        message: typeof message === 'string' ? message : expect.stringMatching(message),
      }),
    );
  });

  test('of bytes that are no text is refused', () => {
    expect(() => parseSigningRequest(Buffer.of(0x22, 0xff, 0x22))).toThrow('the body is not JSON in UTF-8');
  });

  test('is read or refused, whatever it is', () => {
    const odd = fc.oneof(
      fc.json(),
      fc.string(),
      fc.uint8Array().map((each) => Buffer.from(each).toString('latin1')),
    );
    const nearly = fc
      .record({ gun: fc.anything(), targets: fc.anything() }, { requiredKeys: [] })
      .map((collection) => JSON.stringify({ trustedCollections: [collection] }) ?? '');
    fc.assert(
      fc.property(fc.oneof(odd, nearly), (text) => {
        try {
          parseSigningRequest(Buffer.from(text));
        } catch (error) {
          expect(error).toBeInstanceOf(SigningRefusal);
        }
      }),
    );
  });
});
