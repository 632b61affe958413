import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { dockerfileBases } from '../src/dockerfile/index.ts';

const examples = join(import.meta.dirname, '../examples');

/** The base images of the Dockerfile of each example. */
const bases: Readonly<Record<string, readonly string[]>> = {
  'cross-compile': ['golang:1.25'],
  'private-go-modules': ['golang:1.25'],
  quickstart: ['busybox', 'busybox'],
  restricted: ['europe-docker.pkg.dev/kyma-project/restricted-dev/sap.com/python-fips:latest'],
};

describe('the examples', () => {
  test('are all looked at', () => {
    const found = globSync('*/Dockerfile', { cwd: examples }).map((path) => path.split('/')[0]);
    expect(found.toSorted()).toEqual(Object.keys(bases));
  });

  test.each(Object.keys(bases))('%s has a Dockerfile that is understood', (name) => {
    const untrustedText = readFileSync(join(examples, name, 'Dockerfile'), 'utf8');
    const question = { untrustedText, platform: 'linux/amd64', buildArgs: [], contexts: [] };
    const found = dockerfileBases(question).map(({ untrustedName }) => untrustedName);
    expect(found.toSorted()).toEqual(bases[name]);
  });
});
