import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { digestOf, isDigest, matchesDigest, parseDigest } from './digest.ts';
import { isImageTag } from './image-tag.ts';
import { mediaTypes, parseManifest } from './manifest.ts';
import { parsePlatform, printPlatform } from './platform.ts';
import {
  isLoopbackRegistry,
  isRepositoryPath,
  parseReference,
  parseRepository,
  printReference,
} from './reference.ts';

const sha = `sha256:${'a'.repeat(64)}`;

describe('references', () => {
  test.each([
    ['localhost:5000/app', 'localhost:5000/app'],
    ['localhost/app', 'localhost/app'],
    ['127.0.0.1:5000/a/b/c:v1', '127.0.0.1:5000/a/b/c:v1'],
    ['[::1]:5000/app', '[::1]:5000/app'],
    [
      'europe-docker.pkg.dev/kyma-project/prod/test-infra/ginkgo:v1',
      'europe-docker.pkg.dev/kyma-project/prod/test-infra/ginkgo:v1',
    ],
    ['alpine', 'index.docker.io/library/alpine'],
    ['team/app:1', 'index.docker.io/team/app:1'],
    ['docker.io/team/app', 'index.docker.io/team/app'],
    [`reg.example/app:v1@${sha}`, `reg.example/app:v1@${sha}`],
    ['reg.example/a__b/c-d.e---f', 'reg.example/a__b/c-d.e---f'],
  ])('"%s" is read as %s', (text, printed) => {
    const reference = parseReference(text);
    expect(reference && printReference(reference)).toBe(printed);
  });

  test.each([
    '',
    '/',
    'reg.example/',
    'reg.example//app',
    'reg.example/App',
    'reg.example/a/../b',
    'reg.example/..',
    'reg.example/app:',
    'reg.example/app:-x',
    'reg.example/app@sha256:abc',
    `reg.example/app@${sha.toUpperCase()}`,
    'reg.example/a b',
    'http://reg.example/app',
    'user@reg.example/app',
    'reg.example/app_',
    'reg.example/.app',
    'reg_x.example:5000/app',
    `reg.example/${'a'.repeat(260)}`,
    'reg.example:port/app',
    'reg.example/app\n',
    'reg.example/a___b',
  ])('%j is refused', (text) => {
    expect(parseReference(text)).toBeUndefined();
  });

  test('print and parse are inverse', () => {
    const component = fc.stringMatching(/^[a-z0-9]{1,6}([._-][a-z0-9]{1,4}){0,2}$/);
    const arbitrary = fc.record({
      registry: fc.constantFrom('localhost:5000', 'reg.example', '127.0.0.1', 'index.docker.io'),
      path: fc.array(component, { minLength: 2, maxLength: 4 }).map((parts) => parts.join('/')),
      tag: fc.option(fc.stringMatching(/^[a-zA-Z0-9_][a-zA-Z0-9._-]{0,20}$/), { nil: undefined }),
    });
    fc.assert(
      fc.property(arbitrary, ({ registry, path, tag }) => {
        const reference = { repository: { registry, path }, ...(tag === undefined ? {} : { tag }) };
        expect(parseReference(printReference(reference))).toEqual(reference);
      }),
    );
  });

  test('no text crashes or hangs the parsers', () => {
    const text = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 400 }),
      fc.constantFrom(`${'a-'.repeat(5000)}!`, `${'a/'.repeat(5000)}!`),
    );
    fc.assert(
      fc.property(text, (any) => {
        for (const parse of [
          parseReference,
          parseRepository,
          parsePlatform,
          parseDigest,
          isImageTag,
          isRepositoryPath,
        ])
          parse(any);
      }),
    );
  });

  test.each([
    ['localhost', true],
    ['localhost:5000', true],
    ['127.0.0.1:80', true],
    ['127.8.9.1', true],
    ['[::1]:5000', true],
    ['localhost.evil.example', false],
    ['127.0.0.1.evil.example', false],
    ['10.0.0.1', false],
    ['reg.example:5000', false],
  ])('%s on loopback: %s', (registry, expected) => expect(isLoopbackRegistry(registry)).toBe(expected));
});

describe('tags', () => {
  test.each([
    ['v1', true],
    ['_x', true],
    ['a'.repeat(128), true],
    ['', false],
    ['.x', false],
    ['-x', false],
    ['a'.repeat(129), false],
    ['a b', false],
    ['a\n', false],
    ['é', false],
  ])('%j: %s', (text, expected) => expect(isImageTag(text)).toBe(expected));
});

describe('platforms', () => {
  test.each([
    ['linux/amd64', 'linux/amd64'],
    ['Linux/X86_64', 'linux/amd64'],
    ['linux/aarch64', 'linux/arm64'],
    ['linux/arm64/v8', 'linux/arm64'],
    ['linux/arm', 'linux/arm/v7'],
    ['linux/armel', 'linux/arm/v6'],
    [' linux/arm/v6 ', 'linux/arm/v6'],
    ['windows/amd64', 'windows/amd64'],
  ])('%j is %s', (text, printed) => {
    const platform = parsePlatform(text);
    expect(platform && printPlatform(platform)).toBe(printed);
  });

  test.each([
    '',
    'linux',
    'linux/',
    '/amd64',
    'linux/amd64/v1/x',
    'linux amd64',
    'linux/../amd64',
    'linux,amd64',
  ])('%j is refused', (text) => {
    expect(parsePlatform(text)).toBeUndefined();
  });
});

describe('digests', () => {
  test('are computed and compared over bytes', () => {
    const digest = digestOf('{}');
    expect(digest).toBe('sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a');
    expect(matchesDigest(Buffer.from('{}'), digest)).toBe(true);
    expect(matchesDigest(Buffer.from('{ }'), digest)).toBe(false);
  });

  test.each(['sha256:', 'sha256:zz', `sha1:${'a'.repeat(40)}`, `SHA256:${'a'.repeat(64)}`, `${sha}0`])(
    '%s is none',
    (text) => expect(isDigest(text)).toBe(false),
  );
});

describe('manifests', () => {
  const descriptor = { mediaType: mediaTypes.ociConfig, digest: sha, size: 2 };
  const bytes = (value: unknown) => Buffer.from(JSON.stringify(value));

  test('an index and a manifest are told apart by their media type', () => {
    expect(parseManifest(bytes({ manifests: [descriptor] }), mediaTypes.ociIndex)).toMatchObject({
      kind: 'index',
    });
    expect(parseManifest(bytes({ config: descriptor, layers: [] }), mediaTypes.ociManifest)).toMatchObject({
      kind: 'manifest',
      layers: [],
    });
  });

  test.each([
    ['a list', []],
    ['a media type that differs', { mediaType: mediaTypes.ociIndex, config: descriptor, layers: [] }],
    ['no layers', { config: descriptor }],
    ['a digest that is none', { config: { ...descriptor, digest: 'sha256:x' }, layers: [] }],
    ['a negative size', { config: { ...descriptor, size: -1 }, layers: [] }],
    ['a size that is no integer', { config: { ...descriptor, size: 1.5 }, layers: [] }],
    ['annotations that are no texts', { config: descriptor, layers: [], annotations: { a: 1 } }],
  ])('%s is refused', (_, value) => {
    expect(() => parseManifest(bytes(value), mediaTypes.ociManifest)).toThrow();
  });
});
