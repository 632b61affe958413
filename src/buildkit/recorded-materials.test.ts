import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Engine } from './engine.ts';
import { recordedMaterials } from './recorded-materials.ts';

const fixtures = fileURLToPath(new URL('../../test/fixtures/buildkit/', import.meta.url));
const engine: Engine = { command: [process.execPath, join(fixtures, 'replay.mjs')] };
const provenance = join(fixtures, 'provenance/recorded.json');

let history = '';
beforeEach(() => {
  history = mkdtempSync(join(tmpdir(), 'recorded-'));
});
afterEach(() => rmSync(history, { recursive: true }));

const ask = (...platforms: readonly string[]) =>
  recordedMaterials(engine, { buildRef: 'abc', platforms }, { env: { REPLAY_HISTORY: history } });

test('the record of a build for one platform is the only one', async () => {
  cpSync(provenance, join(history, 'only.json'));
  expect(await ask('linux/arm64')).toHaveLength(5);
});

test('of several platforms each has its record', async () => {
  for (const name of ['linux-arm64', 'linux-amd64']) cpSync(provenance, join(history, `${name}.json`));
  expect(await ask('linux/arm64', 'linux/amd64')).toHaveLength(10);
});

test('where the record of one platform is missing, nothing is known', async () => {
  cpSync(provenance, join(history, 'linux-arm64.json'));
  expect(await ask('linux/arm64', 'linux/amd64')).toBeUndefined();
});

test('an answer that is no provenance is a failure of the engine', async () => {
  writeFileSync(join(history, 'only.json'), '{"materials":[]}');
  await expect(ask('linux/arm64')).rejects.toMatchObject({
    code: 'engine.failed',
    message: "the engine's record of the build is no provenance of BuildKit",
  });
});
