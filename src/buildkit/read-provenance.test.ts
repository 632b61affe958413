import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readProvenance } from './read-provenance.ts';

const recorded = (name: string) =>
  readFileSync(new URL(`../../test/fixtures/buildkit/provenance/${name}.json`, import.meta.url), 'utf8');

const digest = 'sha256:58ad174672219aaba0d40e87cebc20c946e876a685cb92ec26dab8c309a6a3df';
const buildType = 'https://mobyproject.org/buildkit@v1';

/** The names of the images in one predicate. */
function names(...uris: readonly unknown[]): readonly string[] {
  const text = JSON.stringify({ buildType, materials: uris.map((uri) => ({ uri })) });
  return readProvenance(text).map((found) =>
    found.kind === 'image' ? found.untrustedName : `@ ${found.untrustedUrl}`,
  );
}

describe('what BuildKit says went into a build', () => {
  test.each(['v0.2', 'v1', 'recorded'])('is read from %s', (name) => {
    const image = (untrustedName: string) => ({ kind: 'image', untrustedName, digest });
    expect(readProvenance(recorded(name))).toEqual([
      image('127.0.0.1:5099/base:1'),
      image(`127.0.0.1:5099/base@${digest}`),
      image('127.0.0.1:5099/team/copied:2'),
      image('fixtures/mounted:3'),
      { kind: 'address', untrustedUrl: 'http://127.0.0.1:5099/v2/' },
    ]);
  });

  test.each([
    ['pkg:docker/alpine', 'alpine'],
    ['pkg:docker/alpine@3.21?platform=linux%2Famd64', 'alpine:3.21'],
    ['pkg:docker/docker/dockerfile@1', 'docker/dockerfile:1'],
    [
      `pkg:docker/LOCALHOST:5000/a/b@latest?digest=${digest}&platform=x`,
      `LOCALHOST:5000/a/b:latest@${digest}`,
    ],
    [`pkg:docker/a/b?platform=x&digest=${encodeURIComponent(digest)}`, `a/b@${digest}`],
    [`pkg:docker/a/b@${encodeURIComponent(digest)}`, `a/b@${digest}`],
    ['pkg:docker/r.io%3A5000%2Fa/b@1', 'r.io:5000/a/b:1'],
    ['pkg:docker/a%zz@1', 'a%zz:1'],
    ['pkg:oci/a@1', 'pkg:oci/a@1'],
    ['https://github.com/team/app.git#main', '@ https://github.com/team/app.git#main'],
  ])('%s is %s', (uri, name) => {
    expect(names(uri)).toEqual([name]);
  });

  test('is nothing for an image that was made from files alone', () => {
    expect(names()).toEqual([]);
    expect(readProvenance(JSON.stringify({ buildType }))).toEqual([]);
    expect(readProvenance(JSON.stringify({ buildType, materials: null }))).toEqual([]);
  });

  test.each([
    ['', /JSON/],
    ['null', /is not an object/],
    ['[]', /is not an object/],
    ['{}', /is no provenance of BuildKit/],
    ['{"predicate":{"materials":[]}}', /is no provenance of BuildKit/],
    ['{"buildType":"https://example.com/other","materials":[]}', /is no provenance of BuildKit/],
    ['{"predicate":7}', /is not an object/],
    [`{"buildType":"${buildType}","materials":{}}`, /materials that are no list/],
    [`{"buildType":"${buildType}","materials":[{}]}`, /a material without a name/],
    [`{"buildType":"${buildType}","materials":["x"]}`, /is not an object/],
    ['{"buildDefinition":{"buildType":"x"}}', /is no provenance of BuildKit/],
  ])('is not read from %s', (text, reason) => {
    expect(() => readProvenance(text)).toThrow(reason);
  });

  test('names every material, whatever it is called', () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.oneof(
            fc.string(),
            fc.string().map((text) => `pkg:docker/${text}`),
          ),
        ),
        (uris) => {
          expect(names(...uris)).toHaveLength(uris.length);
        },
      ),
    );
  });
});
