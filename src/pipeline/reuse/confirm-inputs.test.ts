import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Material } from '../../buildkit/index.ts';
import { ImageBuilderError } from '../../core/index.ts';
import { digestOf } from '../../oci/index.ts';
import type { BuildPlan } from '../../plan/index.ts';
import type { Run } from '../run.ts';
import { startRecord } from '../run-record.ts';
import { confirmInputs } from './confirm-inputs.ts';
import { digestInputs } from './fingerprint.ts';
import { readInputFiles } from './read-inputs.ts';
import { signedAbout } from './signed-about.ts';

let root: string;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'image-builder-confirm-'));
  writeFileSync(join(root, 'Dockerfile'), 'FROM base');
  writeFileSync(join(root, 'file'), 'content');
});
afterEach(() => rmSync(root, { recursive: true }));

const plan = {
  source: { commit: 'abc', repository: 'team/app', event: 'push', dirty: false },
  image: { name: 'app', dockerfile: 'Dockerfile', context: '.' },
  platforms: ['linux/amd64'],
  buildContexts: [],
  attestations: { provenance: 'off', sbom: false },
  compression: 'gzip',
} as unknown as BuildPlan;

const fingerprint = digestOf('inputs');
const base: Material = { kind: 'image', untrustedName: 'base', digest: digestOf('base') };

interface Scene {
  /** Undefined where the engine does not tell. */
  readonly materials?: readonly Material[] | undefined;
  readonly resumed?: boolean;
  readonly whileBuilding?: () => void;
  readonly fails?: Error;
}

async function confirm(scene: Scene = {}) {
  const { materials, resumed = false, whileBuilding, fails } = { materials: [base], ...scene };
  const { signal } = new AbortController();
  const trackedFiles = async () => undefined;
  const files = await readInputFiles({ root, plan, signal, ports: { trackedFiles } });
  const record = startRecord(new Date());
  record.inputs = { files, images: [['base', digestOf('base')]], builder: 'x' };
  const inputs = digestInputs(record.inputs);
  record.reuse = { kind: 'built', fingerprint, inputs, reason: 'none', confirmed: false };
  const outcome = {
    ...{ digest: fingerprint, buildRef: 'ref', seconds: 1 },
    ...{ warnings: [], platforms: [], slowestSteps: [], runs: [] },
  };
  const node = { name: 'default', platforms: ['linux/amd64'], reason: 'there is one', cache: { import: [] } };
  record.builds = [{ node, outcome, mounts: undefined, keepsCache: false }];
  if (resumed)
    record.image = { directory: '', layout: { root: base, manifests: [], blobs: [] } as never, resumed };
  whileBuilding?.();
  const recordedMaterials = async () => {
    if (fails !== undefined) throw fails;
    return materials;
  };
  const ports = { recordedMaterials, trackedFiles };
  await confirmInputs({ root, plan, record, signal, ports } as unknown as Run);
  return record.reuse;
}

describe('an image that was built', () => {
  test('is signed as made of its inputs when the engine says that it was', async () => {
    const reuse = await confirm();
    expect(reuse).toMatchObject({ confirmed: true, reason: 'none' });
    expect(signedAbout(plan, reuse)).toEqual({
      commit: 'abc',
      repository: 'team/app',
      event: 'push',
      fingerprint,
    });
  });

  test.each<[string, Scene, RegExp]>([
    ['a base was another one', { materials: [{ ...base, digest: digestOf('x') }] }, /"base" was another one/],
    ['a base has no digest', { materials: [{ kind: 'image', untrustedName: 'base' }] }, /another one/],
    [
      'an image was used that the Dockerfile does not show',
      { materials: [base, { ...base, digest: digestOf('y') }] },
      /another one/,
    ],
    [
      'something was fetched',
      { materials: [{ kind: 'address', untrustedUrl: 'https://x' }] },
      /"https:\/\/x"/,
    ],
    ['the engine does not tell', { materials: undefined }, /does not tell/],
    ['an earlier run built it', { resumed: true }, /an earlier run/],
    ['a file changed', { whileBuilding: () => writeFileSync(join(root, 'file'), 'new') }, /files changed/],
    [
      'the Dockerfile changed',
      { whileBuilding: () => writeFileSync(join(root, 'Dockerfile'), 'x') },
      /files changed/,
    ],
    ['a file is gone', { whileBuilding: () => rmSync(join(root, 'Dockerfile')) }, /Dockerfile/],
    ['the engine fails', { fails: new ImageBuilderError('engine.failed', 'gone', { exitCode: 1 }) }, /gone/],
  ])('is not signed as such where %s', async (_, scene, reason) => {
    const reuse = await confirm(scene);
    expect(reuse).toMatchObject({ confirmed: false, reason: expect.stringMatching(reason) });
    expect(signedAbout(plan, reuse)).not.toHaveProperty('fingerprint');
  });
});
