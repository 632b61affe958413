import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { builderEnvironment } from './builder-environment.ts';

let home = '';
beforeAll(() => {
  home = mkdtempSync(join(tmpdir(), 'contexts-'));
  const id = createHash('sha256').update('arm').digest('hex');
  mkdirSync(join(home, '.docker/contexts/meta', id), { recursive: true });
  writeFileSync(join(home, '.docker/contexts/meta', id, 'meta.json'), '{"Name":"arm"}');
});
afterAll(() => rmSync(home, { recursive: true }));

const here = () => ({ HOME: home, DOCKER_HOST: 'unix:///run/docker.sock', BUILDX_BUILDER: 'default' });

test('the builder of a docker context is used within that context', async () => {
  expect(await builderEnvironment(here(), 'arm')).toEqual({ HOME: home, DOCKER_CONTEXT: 'arm' });
});

test.each([['another'], [undefined]])('builder %s needs no other environment', async (builder) => {
  expect(await builderEnvironment(here(), builder)).toEqual(here());
});
