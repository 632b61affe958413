import { randomBytes } from 'node:crypto';
import { cp, mkdir, readFile, utimes, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { zstdCompressSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { machineForTest, step, type TestMachine } from '../../test/fakes/cache-mounts/machine.ts';
import type { FakeRegistry, Fault, SeenRequest } from '../../test/fakes/registry/fake-registry.ts';
import { openTestClient, startTestRegistry } from '../../test/fakes/registry/open-registries.ts';
import { digestOf } from '../oci/index.ts';
import { type KeepMountsOptions, keepMounts, type MountKeeper } from './keep-mounts.ts';
import { mountKey } from './mount.ts';

const mount = { id: 'kept', sharing: 'shared' } as const;
const signal = new AbortController().signal;
const tag = `linux-amd64-mount-${mountKey(mount)}`;

interface Setting extends Partial<Omit<KeepMountsOptions, 'places'>> {
  readonly tier?: string;
  readonly ahead?: Parameters<MountKeeper['restore']>[1];
}

function places(fake: FakeRegistry, tier: string): KeepMountsOptions['places'] {
  const place = (name: string) => `${fake.host}/cache/${name}/app:linux-amd64-mount`;
  return { read: [...new Set([place(tier), place('trusted')])], write: place(tier) };
}

/** One build on a machine: restores, runs a script in the mount and saves; tells what the script and the keeper said. */
async function build(
  fake: FakeRegistry,
  machine: TestMachine,
  script: string,
  { tier = 'trusted', ahead, ...changes }: Setting = {},
) {
  const { registry, emit, events } = openTestClient();
  const keeper = keepMounts({
    mounts: [mount],
    places: places(fake, tier),
    helperImage: 'helper',
    maxBytes: 2 ** 20,
    folder: join(machine.folder, 'work'),
    registry,
    writer: registry,
    emit,
    random: () => randomBytes(16).toString('hex'),
    outOfReach: async () => undefined,
    runHelper: machine.runHelper,
    ...changes,
  });
  const [only = mount] = changes.mounts ?? [];
  await keeper.find(signal);
  await using _ = await keeper.restore([only], ahead, signal);
  const output = await step(machine, only, script);
  await keeper.save([only], signal);
  const told = events.flatMap((event) =>
    event.kind === 'notice' && event.level !== 'debug' ? [`${event.level}: ${event.message}`] : [],
  );
  return { output: output.trim(), told, warnings: told.filter((line) => line.startsWith('warning: ')) };
}

function manifestIn(fake: FakeRegistry, tier = 'trusted') {
  const { tags, manifests } = fake.repository(`cache/${tier}/app`);
  const { bytes } = manifests.get(tags.get(tag) ?? '') ?? {};
  return bytes === undefined ? undefined : JSON.parse(bytes.toString());
}

/** Everything of a tree that a compiler could judge by. */
const describeTree = `find . -printf '%p %y %m %U %G %n %s %T@ %l\\n' | sort; find . -type f | sort | xargs -d '\\n' md5sum`;

/** Bash and tar are slow to start on a machine that is busy. */
const limits = { timeout: 30_000 };

const count = 'ls | xargs';

const checkout = { folder: '/checkout', ignoreFile: '/checkout/none' };

const helperImages = [
  ['with zstd', true],
  ['without zstd', false],
] as const;

describe('a mount on a machine that holds nothing', limits, () => {
  test.each(helperImages)(
    'is as another machine left it, to the last time, mode and link, and is not saved again, %s in the helper image',
    async (_, hasZstd) => {
      const fake = await startTestRegistry();
      const tree = `mkdir -p deep/empty; head -c 300000 /dev/urandom > data; chmod 0640 data; ln data deep/hard
      ln -s nowhere/else link; printf x > deep/odd; chmod 4755 deep/odd; printf y > 'deep/a name with spaces'
      printf z > $'deep/not \\xff utf-8'; touch -d '1999-12-31 23:59:59.123456789' deep/empty 'deep/a name with spaces'
      chmod 1777 deep/empty; mkfifo deep/pipe; chmod 0750 .; touch -d 2001-01-01 .; ${describeTree}`;
      const made = await build(fake, await machineForTest(), tree);
      const found = await build(fake, await machineForTest({ hasZstd }), describeTree);
      expect(made.told).toEqual(['info: cache mounts saved: kept']);
      expect(found.output).toBe(made.output);
      expect(found.told).toEqual(['info: cache mounts restored: kept']);
    },
  );

  test('has what every build added, and nothing that one of them deleted', async () => {
    const fake = await startTestRegistry();
    const large = 'for n in 1 2 3 4 5 6 7 8 9; do head -c 1000 /dev/urandom > $n; done';
    await build(fake, await machineForTest(), large);
    await build(fake, await machineForTest(), 'rm 5; echo a > a');
    await build(fake, await machineForTest(), 'rm 6');
    // A state, the whole and two deltas.
    expect(manifestIn(fake).layers).toHaveLength(4);
    expect((await build(fake, await machineForTest(), count)).output).toBe('1 2 3 4 7 8 9 a');
    await build(fake, await machineForTest(), 'echo again > 5');
    expect(manifestIn(fake).layers).toHaveLength(2);
    expect((await build(fake, await machineForTest(), count)).output).toBe('1 2 3 4 5 7 8 9 a');
  });

  test('loses the files that were not used for longest when it grows too large', async () => {
    const fake = await startTestRegistry();
    const grow = `for n in old new; do head -c 700000 /dev/urandom > $n; done; touch -d 2020-01-01 old`;
    await build(fake, await machineForTest(), grow);
    expect((await build(fake, await machineForTest(), count)).output).toBe('new');
  });
});

describe('a mount on a machine that stays', limits, () => {
  test('is left as it is, and what it is saved onto is known by its stamp', async () => {
    const fake = await startTestRegistry();
    const machine = await machineForTest();
    await build(fake, machine, 'head -c 100000 /dev/urandom > large; echo one > one');
    const again = await build(fake, machine, `echo two > two; ${count}`);
    expect(again).toMatchObject({ output: 'large one two', told: ['info: cache mounts saved: kept'] });
    expect(manifestIn(fake).layers).toHaveLength(3);
  });

  test('is saved whole when another machine saved in between', async () => {
    const fake = await startTestRegistry();
    const [one, other] = [await machineForTest(), await machineForTest()];
    await build(fake, one, 'head -c 100000 /dev/urandom > large');
    await build(fake, other, 'echo other > other');
    await build(fake, one, 'echo one > one');
    expect(manifestIn(fake).layers).toHaveLength(2);
    expect((await build(fake, await machineForTest(), count)).output).toBe('large one');
  });
});

describe('a mount that begins with a folder of an image', limits, () => {
  const digest = digestOf(Buffer.from('image'));
  const from = { image: `reg.example/seed@${digest}`, digest, platform: 'linux/amd64', source: '/' };
  const seeded = { ...mount, from };

  /** A machine whose engine has just made the directory. */
  async function machineWithSeed(): Promise<TestMachine> {
    const machine = await machineForTest();
    const key = mountKey(seeded);
    const seed = join(machine.folder, 'seeds', key);
    await mkdir(join(seed, 'deep'), { recursive: true });
    for (const name of ['a', 'deep/b']) {
      await writeFile(join(seed, name), name.repeat(1000));
      await utimes(join(seed, name), 1e9, 1e9);
    }
    await cp(seed, machine.at(seeded), { recursive: true, preserveTimestamps: true });
    return machine;
  }

  const on = (fake: FakeRegistry, machine: TestMachine, script: string, changes: Setting = {}) =>
    build(fake, machine, script, { mounts: [seeded], ...changes });
  const list = 'find . -type f | sort | xargs; cat a | wc --chars';

  test('is as another machine left it, without what that deleted', async () => {
    const fake = await startTestRegistry();
    await on(fake, await machineWithSeed(), 'rm deep/b; echo new > a; echo c > deep/c');
    const found = await on(fake, await machineWithSeed(), list);
    expect(found).toMatchObject({ output: './a ./deep/c\n4', told: ['info: cache mounts restored: kept'] });
  });

  test('is neither saved nor missed where nothing was made of it', async () => {
    const fake = await startTestRegistry();
    const { output, told } = await on(fake, await machineWithSeed(), list);
    expect([output, told]).toEqual(['./a ./deep/b\n1000', []]);
  });

  test('is filled again when that was interrupted', async () => {
    const fake = await startTestRegistry();
    await on(fake, await machineWithSeed(), 'echo c > deep/c');
    const machine = await machineWithSeed();
    await step(machine, seeded, 'rm a; mkdir .image-builder-moving .image-builder-restore');
    const { output } = await on(fake, machine, `${list}; ls -A | xargs`);
    expect(output).toBe('./a ./deep/b ./deep/c\n1000\na deep');
  });

  test('is left as it is where it was used before, and is another one with another image', async () => {
    const fake = await startTestRegistry();
    await on(fake, await machineWithSeed(), 'echo c > deep/c');
    const machine = await machineWithSeed();
    await step(machine, seeded, 'echo d > d');
    expect((await on(fake, machine, list)).output).toBe('./a ./d ./deep/b\n1000');
    expect(mountKey({ ...seeded, from: { ...from, digest: digestOf(Buffer.from('other')) } })).not.toBe(
      mountKey(seeded),
    );
  });

  test.each([
    ['it is larger than 100 kB', 'head -c 700000 /dev/urandom > large', 100_000],
    ['it holds what no archive does', "echo x > $'two\\nlines'", 2 ** 20],
  ])('is not saved in parts when %s, which is one warning', async (reason, script, maxBytes) => {
    const fake = await startTestRegistry();
    const { told } = await on(fake, await machineWithSeed(), script, { maxBytes });
    const rule = 'and of what begins with an image nothing may be left out';
    expect(told).toEqual([`warning: cache mount "kept" is not saved: ${reason}, ${rule}`]);
    expect((await on(fake, await machineWithSeed(), list)).output).toBe('./a ./deep/b\n1000');
  });
});

describe('what is saved', limits, () => {
  const harms: readonly (readonly [string, (bytes: Buffer) => Buffer, RegExp])[] = [
    ['another byte', (bytes) => Buffer.concat([bytes.subarray(0, -9), Buffer.alloc(9)]), /expected sha256:/],
    ['half of it', (bytes) => bytes.subarray(0, bytes.length / 2), /expected \d+ bytes/],
    ['more than it says', (bytes) => Buffer.concat([bytes, Buffer.alloc(10)]), /expected \d+ bytes/],
  ];

  test.each(harms)(
    'is not taken when the registry gives %s, and the next save is whole',
    async (_, harm, reason) => {
      const fake = await startTestRegistry();
      await build(fake, await machineForTest(), 'head -c 100000 /dev/urandom > large');
      const digest = manifestIn(fake).layers[1].digest;
      const { blobs } = fake.repository('cache/trusted/app');
      blobs.set(digest, harm(blobs.get(digest) ?? Buffer.alloc(0)));
      const { output, warnings } = await build(fake, await machineForTest(), `${count}; echo good > good`);
      expect(output).toBe('');
      expect(warnings).toEqual([expect.stringMatching(/^warning: cache mount "kept" is not restored: /)]);
      expect(warnings[0]).toMatch(reason);
      expect((await build(fake, await machineForTest(), count)).output).toBe('good');
    },
  );

  test('is not taken when a layer is gone, or holds no archive', async () => {
    const fake = await startTestRegistry();
    await build(fake, await machineForTest(), 'echo one > one');
    const { blobs, manifests, tags } = fake.repository('cache/trusted/app');
    const manifest = manifestIn(fake);
    const junk = zstdCompressSync(Buffer.from('no archive '.repeat(1000)));
    const layers = [manifest.layers[0], { ...manifest.layers[1], digest: digestOf(junk), size: junk.length }];
    blobs.set(digestOf(junk), junk);
    const bytes = Buffer.from(JSON.stringify({ ...manifest, layers }));
    manifests.set(digestOf(bytes), { bytes, mediaType: manifest.mediaType });
    tags.set(tag, digestOf(bytes));
    const broken = await build(fake, await machineForTest(), count);
    expect(broken).toMatchObject({ output: '', warnings: [expect.stringContaining('could not unpack it')] });
    tags.set(tag, digestOf(bytes));
    blobs.delete(digestOf(junk));
    const gone = await build(fake, await machineForTest(), count);
    expect(gone).toMatchObject({ output: '', warnings: [expect.stringContaining('is not restored')] });
  });

  test.each(helperImages)(
    'is not taken when it is larger than a mount may be, %s in the helper image',
    async (_, hasZstd) => {
      const fake = await startTestRegistry();
      await build(fake, await machineForTest(), 'head -c 300000 /dev/zero > large');
      const machine = await machineForTest({ hasZstd });
      const { output, warnings } = await build(fake, machine, count, { maxBytes: 100_000 });
      expect(output).toBe('');
      expect(warnings).toEqual([expect.stringContaining('unpacks to more than')]);
    },
  );

  test('is not taken from another tier, whoever put it there', async () => {
    const fake = await startTestRegistry();
    await build(fake, await machineForTest(), 'echo evil > evil', { tier: 'pull-request-target' });
    const [theirs, ours] = ['pull-request-target', 'trusted'].map((tier) =>
      fake.repository(`cache/${tier}/app`),
    );
    for (const [digest, bytes] of theirs?.blobs ?? []) ours?.blobs.set(digest, bytes);
    for (const [digest, manifest] of theirs?.manifests ?? []) ours?.manifests.set(digest, manifest);
    for (const [name, digest] of theirs?.tags ?? []) ours?.tags.set(name, digest);
    const { output, warnings } = await build(fake, await machineForTest(), `${count}; echo good > good`);
    expect(output).toBe('');
    expect(warnings).toEqual([
      expect.stringContaining('is the directory of "cache/pull-request-target/app:'),
    ]);
  });

  test('is read by another tier, which writes its own and nothing else', async () => {
    const fake = await startTestRegistry();
    await build(fake, await machineForTest(), 'echo push > push');
    const before = fake.repository('cache/trusted/app').tags.get(tag);
    const pull = { tier: 'pull-request-target' };
    expect((await build(fake, await machineForTest(), `${count}; echo pull > pull`, pull)).output).toBe(
      'push',
    );
    expect(fake.repository('cache/trusted/app').tags).toEqual(new Map([[tag, before]]));
    expect((await build(fake, await machineForTest(), count, pull)).output).toBe('pull push');
    expect((await build(fake, await machineForTest(), count)).output).toBe('push');
  });

  test('is that of one of two machines, whole, when both save at the same time', async () => {
    const fake = await startTestRegistry();
    await build(fake, await machineForTest(), 'head -c 100000 /dev/urandom > large');
    const [one, two] = [await machineForTest(), await machineForTest()];
    await Promise.all([build(fake, one, 'echo one > one'), build(fake, two, 'echo two > two')]);
    expect((await build(fake, await machineForTest(), count)).output).toMatch(/^large (?:one|two)$/);
  });
});

describe('a registry', limits, () => {
  const faulty = (judge: (request: SeenRequest) => Fault | undefined) => {
    let on = false;
    const fault = (request: SeenRequest) => (on ? judge(request) : undefined);
    return { fault, begin: () => (on = true) };
  };
  const refusal = (status: number, code: string) => ({
    status,
    body: JSON.stringify({ errors: [{ code, message: 'no' }] }),
  });
  const writes = (request: SeenRequest) => ['POST', 'PUT', 'PATCH'].includes(request.method);

  test.each([
    ['is read-only', 403, 'DENIED', writes],
    ['is full', 507, 'QUOTA', writes],
    [
      'takes no more bytes',
      413,
      'SIZE_INVALID',
      ({ method }: SeenRequest) => method === 'PUT' || method === 'PATCH',
    ],
    [
      'takes layers and no manifest',
      429,
      'TOOMANYREQUESTS',
      ({ path }: SeenRequest) => path.includes('/manifests/'),
    ],
  ])('that %s costs one warning, and keeps what it had', async (title, status, code, strikes) => {
    const { fault, begin } = faulty((request) =>
      writes(request) && strikes(request) ? refusal(status, code) : undefined,
    );
    const fake = await startTestRegistry({ fault });
    await build(fake, await machineForTest(), 'echo one > one');
    const before = manifestIn(fake);
    begin();
    const { output, warnings } = await build(fake, await machineForTest(), `${count}; echo two > two`);
    expect(output).toBe('one');
    expect(warnings, title).toEqual([
      expect.stringMatching(`^warning: cache mounts are not saved: .*${status}`),
    ]);
    expect(manifestIn(fake)).toEqual(before);
  });

  test('that is down costs one warning, and is not waited for again', async () => {
    const fake = await startTestRegistry({ fault: () => 'reset' });
    const { warnings } = await build(fake, await machineForTest(), 'echo one > one');
    expect(warnings).toEqual([expect.stringMatching(/^warning: cache mounts are not restored: /)]);
  });
});

describe('an engine', limits, () => {
  test('whose steps cannot reach this program costs one warning, and is not tried again', async () => {
    const fake = await startTestRegistry();
    await build(fake, await machineForTest(), 'echo one > one');
    let helpers = 0;
    const runHelper = async () => {
      helpers++;
      throw new Error('exit code: 1');
    };
    const { output, warnings } = await build(fake, await machineForTest(), count, { runHelper });
    expect(output).toBe('');
    expect(helpers).toBe(1);
    const reason = 'no step of the engine reached this program: exit code: 1';
    expect(warnings).toEqual([`warning: cache mounts are not restored: ${reason}`]);
  });

  test('that is known to be out of reach is not tried at all', async () => {
    const fake = await startTestRegistry();
    const outOfReach = async () => 'the engine is not on this machine';
    const { told } = await build(fake, await machineForTest(), 'echo one > one', { outOfReach });
    expect(told).toEqual(['warning: cache mounts are not kept: the engine is not on this machine']);
    expect(fake.seen).toEqual([]);
  });

  test('that cannot get ahead what a build needs fills its mounts all the same', async () => {
    const fake = await startTestRegistry();
    await build(fake, await machineForTest(), 'echo one > one');
    const [machine, contexts] = [await machineForTest(), [] as string[]];
    const found = await build(fake, machine, count, {
      ahead: { images: ['FROM gone'], context: checkout, cacheFrom: [] },
      runHelper: async (helper) => {
        contexts.push(helper.contextDir);
        if (helper.contextDir === '/checkout') throw new Error('gone: not found');
        await machine.runHelper(helper);
      },
    });
    expect(found).toMatchObject({ output: 'one', warnings: [] });
    expect(contexts.slice(0, 2)).toEqual(['/checkout', join(machine.folder, 'work/restore')]);
  });

  test.each([
    ['that would wait for a large context gets it ahead', checkout, '/checkout'],
    ['that soon has a small context does not', undefined, 'own'],
  ])('%s', async (_, context, expected) => {
    const fake = await startTestRegistry();
    await build(fake, await machineForTest(), 'echo one > one');
    const [machine, seen] = [await machineForTest(), [] as [string, string][]];
    await build(fake, machine, count, {
      ahead: { images: ['FROM base'], context, cacheFrom: [] },
      runHelper: async (helper) => {
        const own = dirname(helper.dockerfilePath);
        const text = await readFile(helper.dockerfilePath, 'utf8');
        seen.push([text, helper.contextDir === own ? 'own' : helper.contextDir]);
        await machine.runHelper(helper);
      },
    });
    const [[restoring, contextDir] = []] = seen;
    expect(contextDir).toBe(expected);
    expect(restoring).toContain('FROM base AS base-0');
    expect(restoring?.includes('target=/context')).toBe(context !== undefined);
  });

  test('has its mounts as soon as they are filled, whatever else it gets', async () => {
    const fake = await startTestRegistry();
    await build(fake, await machineForTest(), 'echo one > one');
    const machine = await machineForTest();
    let stopped = 0;
    const found = await build(fake, machine, count, {
      ahead: { images: ['FROM large'], context: checkout, cacheFrom: [] },
      runHelper: async (helper, stop) => {
        await machine.runHelper(helper);
        if (helper.contextDir !== '/checkout') return;
        await new Promise((resolve) => stop.addEventListener('abort', resolve));
        stopped += 1;
      },
    });
    expect(found).toMatchObject({ output: 'one', warnings: [] });
    expect(stopped).toBe(1);
  });

  test('is given up when the build is cancelled', async () => {
    const fake = await startTestRegistry();
    await build(fake, await machineForTest(), 'echo one > one');
    const machine = await machineForTest();
    const { registry, emit, events } = openTestClient();
    const stop = new AbortController();
    const keeper = keepMounts({
      ...{ mounts: [mount], places: places(fake, 'trusted'), helperImage: 'helper', maxBytes: 2 ** 20 },
      ...{ folder: join(machine.folder, 'work'), registry, writer: registry, emit, random: () => 'token' },
      outOfReach: async () => undefined,
      runHelper: async () => {
        stop.abort('enough');
        throw new Error('stopped');
      },
    });
    await keeper.find(stop.signal);
    await expect(keeper.restore([mount], undefined, stop.signal)).rejects.toMatchObject({
      code: 'cancelled',
    });
    expect(events.filter(({ kind }) => kind === 'notice')).toEqual([]);
  });
});
