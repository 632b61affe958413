import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Material } from '../buildkit/index.ts';
import type { BuildPlan } from '../plan/index.ts';
import type { ImageLayout } from '../registry/index.ts';
import { checkDockerfileBases, checkUsedBases } from './check-bases.ts';
import type { Run } from './run.ts';

type Bases = BuildPlan['policy']['bases'];

const restricted: Bases = { restricted: { places: ['r.io/locked'], openTo: 'r.io/dev/app' } };
const locked = { kind: 'image', untrustedName: 'r.io/locked/python:3' } as const;

function planWith(bases: Bases, change: Partial<BuildPlan> = {}): BuildPlan {
  return {
    image: { name: 'app', dockerfile: 'Dockerfile', context: '.' },
    platforms: ['linux/arm64', 'linux/amd64'],
    buildArgs: [],
    buildContexts: [],
    policy: { bases },
    attestations: { provenance: 'min', sbom: false },
    compression: 'gzip',
    ...change,
  } as unknown as BuildPlan;
}

describe('what the Dockerfile shows', () => {
  let root = '';
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'check-bases-'));
  });
  afterEach(() => rmSync(root, { recursive: true }));

  const check = (dockerfile: string, plan: BuildPlan) => {
    writeFileSync(join(root, 'Dockerfile'), dockerfile);
    return checkDockerfileBases(root, plan);
  };

  test('is refused with its line, naming base and rule', async () => {
    await expect(
      check('FROM scratch\nCOPY --from=r.io/locked/python:3 x /', planWith(restricted)),
    ).rejects.toMatchObject({
      code: 'policy.denied',
      message:
        'denied by "restricted-bases": Dockerfile:2: base image "r.io/locked/python:3" is restricted, and "r.io/dev/app" is not',
      details: { rule: 'restricted-bases' },
      hint: expect.stringContaining('--use-restricted-registry'),
    });
  });

  test('counts for every platform, with the build arguments', async () => {
    const plan = planWith(restricted, { buildArgs: [['REPO', 'r.io/locked']] });
    const dockerfile = 'ARG REPO\nFROM free AS arm64\nFROM $REPO/python AS amd64\nFROM $TARGETARCH';
    await expect(check(dockerfile, plan)).rejects.toMatchObject({ code: 'policy.denied' });
    await expect(check(dockerfile, { ...plan, platforms: ['linux/arm64'] })).resolves.toBeUndefined();
  });

  test('counts a frontend that a build argument names', async () => {
    const plan = planWith(restricted, { buildArgs: [['BUILDKIT_SYNTAX', 'r.io/locked/frontend:1']] });
    await expect(check('FROM scratch\n', plan)).rejects.toMatchObject({
      code: 'policy.denied',
      message: expect.stringContaining('r.io/locked/frontend:1'),
    });
  });

  test.each([
    ['where everything may be used', 'FROM r.io/locked/python', {}],
    ['what is not needed', 'FROM r.io/locked/python\nFROM free', restricted],
    ['a file that is larger than any', `FROM r.io/locked/python\n#${'x'.repeat(1024 * 1024)}`, restricted],
  ])('is not looked for: %s', async (_, dockerfile, bases) => {
    await expect(check(dockerfile, planWith(bases))).resolves.toBeUndefined();
  });
});

describe('what was really used', () => {
  /** A run whose image has no provenance; the engine answers with these materials. */
  const runWith = (bases: Bases, materials: readonly Material[] | undefined, buildRef?: string) =>
    ({
      plan: planWith(bases),
      record: {
        image: { layout: { manifests: [] } as unknown as ImageLayout },
        builds: [{ node: { name: 'default', platforms: ['linux/amd64'] }, outcome: { buildRef } }],
      },
      ports: { recordedMaterials: async () => materials },
    }) as unknown as Run;

  test('is refused, naming base and rule', async () => {
    await expect(checkUsedBases(runWith(restricted, [locked], 'abc'))).rejects.toMatchObject({
      code: 'policy.denied',
      message: expect.stringMatching(/^denied by "restricted-bases": base image "r.io\/locked\/python:3"/),
    });
  });

  test('may be anything else', async () => {
    const free = { kind: 'image', untrustedName: 'free' } as const;
    await expect(checkUsedBases(runWith(restricted, [free], 'abc'))).resolves.toBeUndefined();
  });

  test('is of no interest where everything may be used', async () => {
    await expect(checkUsedBases(runWith({}, [locked], 'abc'))).resolves.toBeUndefined();
  });

  test.each([
    ['the engine does not tell', 'abc'],
    ['the engine gave the build no name', undefined],
  ])('is refused when %s', async (_, buildRef) => {
    await expect(checkUsedBases(runWith(restricted, undefined, buildRef))).rejects.toMatchObject({
      code: 'policy.denied',
      message: expect.stringContaining('does not tell which base images were used'),
      hint: expect.stringContaining('set "provenance" to "min"'),
    });
  });

  test('is refused by the rule that names the allowed places, when nothing is known', async () => {
    const only: Bases = { only: { rule: 'release', places: ['r.io/base'] } };
    await expect(checkUsedBases(runWith(only, undefined, 'abc'))).rejects.toMatchObject({
      details: { rule: 'release' },
    });
  });
});
