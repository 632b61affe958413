// biome-ignore-all lint/suspicious/noTemplateCurlyInString: these are the variables of Dockerfiles
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import {
  build,
  busybox,
  checkout,
  crane,
  imageBuilder,
  layersOf,
  registry,
  temporaryFolder,
  uniqueName,
} from './stage.ts';

/** No engine, no registry, no login: a PATH with git alone. */
const nothing = { DOCKER_HOST: 'unix:///nowhere', DOCKER_CONFIG: '/nowhere', PATH: '/usr/bin:/bin' };
const shipped = join(import.meta.dirname, '../../configs');

/** Whose images are restricted, and where images on them may go. */
const vault = `${registry}/${uniqueName('vault')}`;
const locked = `${vault}/base`;
const out = `${registry}/${uniqueName('locked-out')}`;
const open = `${registry}/${uniqueName('open')}`;
const restricted = `dev-registry: ${open}
restricted-dev-registry: {push: ${out}}
restricted-bases: [${vault}]
`;
/** What the engine runs on is not known before it builds. */
const hidden = `ARG BASE=\${BUILDARCH:+${locked}:1}\n`;
let digest = '';
let layer = '';

beforeAll(async () => {
  await crane('copy', busybox, `${locked}:1`);
  digest = await crane('digest', `${locked}:1`);
  const [only] = await layersOf(`${locked}:1`, '--platform', 'linux/amd64');
  if (only === undefined) throw new Error('the base has no layer');
  layer = only.digest;
});

interface Asked {
  readonly dockerfile: string;
  readonly settings?: string;
  readonly args?: readonly string[];
}

/** An image of its own, built from its own checkout. */
async function image({ dockerfile, settings = restricted, args = [] }: Asked) {
  const name = uniqueName('judged');
  const cwd = await checkout({ Dockerfile: dockerfile, 'image-builder.yaml': settings });
  const again = (...more: readonly string[]) =>
    build(['--name', name, '--platform', 'linux/amd64,linux/arm64', ...args, ...more], { cwd });
  return { name, cwd, again, ...(await again()) };
}

/** Whether the repository has anything of this digest, tagged or not. */
async function has(repository: string, reference: string): Promise<boolean> {
  return crane('manifest', `${repository}@${reference}`).then(
    () => true,
    () => false,
  );
}

describe('a restricted base image that the Dockerfile shows', () => {
  const shown: readonly (readonly [string, () => string, number])[] = [
    ['in FROM', () => `FROM ${locked}:1\n`, 1],
    ['by its digest', () => `FROM ${locked}@${digest}\n`, 1],
    ['in capitals', () => `FROM ${locked.replace('localhost', 'LOCALHOST')}:1\n`, 1],
    ['behind an ARG', () => `ARG PLACE=${vault}\nARG BASE=\${PLACE}/base:1\nFROM $BASE\n`, 3],
    [
      'in a second stage with COPY --from',
      () => `FROM ${busybox}\nCOPY --from=${locked}:1 /bin/busybox /x\n`,
      2,
    ],
    ['as a mount', () => `FROM ${busybox}\nRUN --mount=from=${locked}:1,target=/m true\n`, 2],
  ];

  test.each(shown)('%s is refused before anything is built', async (_, dockerfile, line) => {
    const { exitCode, report, stderr } = await image({ dockerfile: dockerfile() });
    expect(exitCode, stderr).toBe(3);
    expect(report).toMatchObject({ status: 'Failed', timings: [], error: { code: 'policy.denied' } });
    expect(report.error?.message).toMatch(
      new RegExp(
        `^denied by "restricted-bases": Dockerfile:${line}: base image ".*/base[:@].*" is restricted`,
      ),
    );
    expect(stderr).toContain('--use-restricted-registry');
  });

  test('is refused by plan too, which needs no engine', async () => {
    const cwd = await checkout({ Dockerfile: `FROM ${locked}\n`, 'image-builder.yaml': restricted });
    const { exitCode, stderr } = await imageBuilder(['plan'], { cwd, env: nothing });
    expect([exitCode, stderr]).toEqual([3, expect.stringContaining('Dockerfile:1: base image')]);
  });

  test('is refused when a build argument names it', async () => {
    const dockerfile = `ARG BASE=${busybox}\nFROM $BASE\n`;
    const asked = await image({ dockerfile, args: ['--build-arg', `BASE=${locked}:1`] });
    expect(asked.report.error?.message).toContain('Dockerfile:2: base image');
    expect((await image({ dockerfile })).exitCode).toBe(0);
  });

  test('does no harm in a stage that is not built', async () => {
    const { exitCode, report, stderr } = await image({
      dockerfile: `FROM ${locked}:1 AS tools\nFROM ${busybox}\n`,
    });
    expect(exitCode, stderr).toBe(0);
    expect(report.pushed).toBe(true);
  });
});

describe('a restricted base image that only the provenance shows', () => {
  const ways: readonly (readonly [string, () => string])[] = [
    ['behind an ARG that depends on the engine', () => `${hidden}FROM $BASE\n`],
    [
      'in a stage that is copied from',
      () => `${hidden}FROM $BASE AS one\nFROM scratch\nCOPY --from=one /bin/busybox /x\n`,
    ],
    [
      'in a stage that is mounted',
      () => `${hidden}FROM $BASE AS one\nFROM ${busybox}\nRUN --mount=from=one,target=/m true\n`,
    ],
    [
      'as a layer that is downloaded',
      () => `FROM ${busybox}\nADD http://${locked.replace('/', '/v2/')}/blobs/${layer} /x\n`,
    ],
  ];

  test.each(ways)('%s is refused before anything is pushed', async (_, dockerfile) => {
    const { name, exitCode, report, stderr } = await image({ dockerfile: dockerfile() });
    expect([exitCode, report.error?.code], stderr).toEqual([3, 'policy.denied']);
    expect(report.error?.message).toMatch(/^denied by "restricted-bases": base image ".*\/base/);
    expect(report.timings.map(({ stage }) => stage)).toEqual(['build']);
    expect(report.repositories.map(({ state }) => state)).toEqual(['missing']);
    expect(report.digest).toMatch(/^sha256:/);
    for (const each of [report.digest, ...report.platforms.map((platform) => platform.digest)])
      expect(await has(`${open}/${name}`, each)).toBe(false);
  });

  test('by ONBUILD of another base is refused', async () => {
    const trap = await image({
      dockerfile: `FROM ${busybox}\nONBUILD COPY --from=${locked}:1 /bin/busybox /x\n`,
      settings: `dev-registry: ${open}\n`,
    });
    expect(trap.exitCode, trap.stderr).toBe(0);
    const { exitCode, report } = await image({ dockerfile: `FROM ${trap.report.images_list[0]}\n` });
    expect([exitCode, report.error?.code]).toEqual([3, 'policy.denied']);
    expect(report.error?.message).toContain(`"${locked}:1"`);
  });

  test.each([
    ['of several platforms, reproducible', 'reproducible: true', []],
    ['of several platforms, without provenance', 'provenance: off', []],
    ['of one platform, without provenance', 'provenance: off', ['--platform', 'linux/arm64']],
    ['of one platform, with all of it', 'provenance: max', ['--platform', 'linux/arm64']],
  ])('is refused in an image %s', async (_, setting, platform) => {
    const cwd = await checkout({
      Dockerfile: `${hidden}FROM $BASE\n`,
      'image-builder.yaml': `${restricted}${setting}\n`,
    });
    const { exitCode, report, stderr } = await build(['--name', uniqueName('judged'), ...platform], { cwd });
    expect([exitCode, report.error?.code], stderr).toEqual([3, 'policy.denied']);
    expect(report.error?.message).toContain(`base image "${locked}:1" is restricted`);
    expect(report.timings.map(({ stage }) => stage)).toEqual(['build']);
  });

  test('is no fault of images that are reproducible and use another', async () => {
    const { exitCode, report, stderr } = await image({
      dockerfile: `FROM ${busybox}\n`,
      settings: `${restricted}reproducible: true\n`,
    });
    expect([exitCode, report.pushed], stderr).toEqual([0, true]);
  });
});

describe('an image on a restricted base', () => {
  test.each([
    ['that is shown', () => `FROM ${locked}:1\n`],
    ['that is hidden', () => `${hidden}FROM $BASE\n`],
  ])('%s may go to the restricted registries', async (_, dockerfile) => {
    const asked = await image({ dockerfile: dockerfile(), args: ['--use-restricted-registry'] });
    expect([asked.exitCode, asked.report.pushed], asked.stderr).toEqual([0, true]);
    expect(await crane('digest', `${out}/${asked.name}:${asked.report.tags[0]}`)).toBe(asked.report.digest);
    expect(await has(`${open}/${asked.name}`, asked.report.digest)).toBe(false);
  });

  test('that was refused is kept, still refused, and goes on to the restricted registries', async () => {
    const first = await image({ dockerfile: `${hidden}FROM $BASE\nRUN echo ${uniqueName('kept')} > /x\n` });
    const second = await first.again();
    expect([second.exitCode, second.report.error?.code]).toEqual([3, 'policy.denied']);
    expect(second.report).toMatchObject({ resumed: true, timings: [], digest: first.report.digest });
    const third = await first.again('--use-restricted-registry');
    expect([third.exitCode, third.report.resumed], third.stderr).toEqual([0, true]);
    expect(await has(`${out}/${first.name}`, first.report.digest)).toBe(true);
    expect(await has(`${open}/${first.name}`, first.report.digest)).toBe(false);
  });

  test('may not be the base of an open one', async () => {
    const asked = await image({ dockerfile: `FROM ${locked}:1\n`, args: ['--use-restricted-registry'] });
    const { report } = await image({ dockerfile: `FROM ${asked.report.images_list[0]}\n` });
    expect(report.error?.code).toBe('policy.denied');
  });
});

describe('a rule that names the places of base images', () => {
  const settings = `dev-registry: ${open}
policy:
  rules:
    - name: own-bases
      when: {events: [local]}
      allow: {destinations: dev-registry, signing: none, base-registries: ['${registry}/base']}
`;

  test('refuses others, shown or hidden, by its name', async () => {
    const early = await image({ settings, dockerfile: `FROM ${locked}:1\n` });
    expect(early.report.error?.message).toContain('denied by "own-bases": Dockerfile:1: base image');
    const late = await image({ settings, dockerfile: `${hidden}FROM $BASE\n` });
    expect(late.report.error?.message).toContain(`denied by "own-bases": base image "${locked}:1"`);
    expect([early.exitCode, late.exitCode]).toEqual([3, 3]);
  });

  test('allows its own', async () => {
    const { exitCode, stderr } = await image({ settings, dockerfile: `FROM ${busybox}\n` });
    expect(exitCode, stderr).toBe(0);
  });
});

describe('the shipped policy', () => {
  const plan = async (...args: readonly string[]) => {
    const cwd = await checkout({ Dockerfile: `FROM ${busybox}\n` });
    return imageBuilder(['plan', ...args], { cwd, env: nothing });
  };

  test('is shown by plan with its rule', async () => {
    const { stdout } = await plan('--event', 'push', '--repo', 'kyma-project/app');
    expect(stdout).toMatch(/^policy +allowed by rule production$/m);
    const { stdout: json } = await plan('--json');
    expect(JSON.parse(json).policy).toMatchObject({ rule: 'local', destinationsFrom: 'dev-registry' });
  });

  test('refuses the push of somebody else, with the way out', async () => {
    const { exitCode, stderr } = await plan('--event', 'push');
    expect(exitCode).toBe(3);
    expect(stderr).toContain(
      'denied by "policy": no rule allows event "push" of "team/app" at "refs/heads/main"',
    );
    expect(stderr).toContain('hint: the closest rule, "production", is for repositories kyma-project/*');
  });
});

describe('policy test', () => {
  const ask = (...args: readonly string[]) =>
    imageBuilder(['policy', 'test', ...args], { cwd: temporaryFolder(), env: nothing });

  test('is content with the shipped table, which goes with the shipped policy', async () => {
    const { exitCode, stdout, stderr } = await ask(join(shipped, 'policy-cases.yaml'));
    expect([exitCode, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(/^ok {5}allowed {2}production {8}a push of a tag$/m);
    expect(stdout).not.toContain('WRONG');
  });

  test('prints every verdict and fails when one is not as expected', async () => {
    const file = join(temporaryFolder(), 'cases.yaml');
    const question = '{repository: team/app, event: push, image: app}';
    writeFileSync(
      file,
      `cases:
  - {name: right, question: ${question}, expect: {verdict: denied}}
  - {name: "wrong \\e[31m##[error]x", question: ${question}, expect: {verdict: allowed, rule: production}}
`,
    );
    const { exitCode, stdout, stderr } = await ask(file);
    expect(exitCode).toBe(3);
    expect(stdout.split('\n')).toEqual([
      'ok     denied   policy  right',
      'WRONG  denied   policy  wrong ## [error]x',
      '       expected allowed, got denied: no rule allows event "push" of "team/app" for image "app"',
      '       expected rule production, got policy',
      '',
    ]);
    expect(stderr).toContain('error: 1 of 2 verdicts are not as expected');
    const json = JSON.parse((await ask(file, '--json')).stdout);
    expect(json.map((each: { as_expected: boolean }) => each.as_expected)).toEqual([true, false]);
  });

  test('shows everything that is wrong with a table at once', async () => {
    const file = join(temporaryFolder(), 'cases.yaml');
    writeFileSync(file, 'cases:\n  - {name: a, expect: {verdict: x}}\n  - {nam: b}\n');
    const { exitCode, stderr } = await ask(file);
    expect(exitCode).toBe(2);
    for (const line of ['2:', '3:']) expect(stderr).toContain(`cases.yaml:${line}`);
    expect(stderr).toContain('unknown key "nam"');
  });

  test.each([
    ['nothing to test', [], 'the file with the cases is missing'],
    ['a file that is not there', ['none.yaml'], 'there is no such file'],
  ])('says that there is %s', async (_, args, message) => {
    const { exitCode, stderr } = await ask(...args);
    expect([exitCode, stderr]).toEqual([2, expect.stringContaining(message)]);
  });
});
