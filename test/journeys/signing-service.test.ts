import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect } from 'node:tls';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import type { Descriptor } from '../../src/oci/index.ts';
import type { ServiceRecord } from '../../src/signing/index.ts';
import { openRepository, pushSubject } from '../contracts/test-repository.ts';
import { createAuthority } from '../fakes/signify/authority.ts';
import { orderFor } from '../fakes/signify/service-stand.ts';
import {
  createKeys,
  heldRegistry,
  notation,
  openService,
  type RunningService,
  type SigningKeys,
  signaturesOf,
  signedConfig,
  signingKeys,
  startService,
} from './signing-stage.ts';
import { build, busybox, checkout, crane, registry, start, uniqueName } from './stage.ts';

const mebibyte = 1024 * 1024;
const repository = openRepository(uniqueName('service'));
const gun = repository.name;
const folder = mkdtempSync(join(tmpdir(), 'image-builder-service-'));
let keys: SigningKeys;
let service: RunningService;

beforeAll(async () => {
  keys = await createKeys(join(folder, 'keys'), [gun]);
  service = await openService(keys);
});

afterAll(async () => {
  await service.end();
  rmSync(folder, { recursive: true, force: true });
});

const order = (image: Descriptor) => service.post({ body: orderFor(gun, image) });

const logOf = ({ stdout }: { readonly stdout: string }): ServiceRecord[] =>
  stdout
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line));

describe('the signing service', () => {
  test('signs so that the real notation accepts it, and a replayed request gets the same answer and no second signature', async () => {
    const image = await pushSubject(repository, 'manifest');
    const [first, replayed] = [await order(image), await order(image)];
    expect([first.status, replayed.status]).toEqual([202, 202]);
    const signatures = await signaturesOf(repository, image);
    const answer = { gun, digest: image.digest, signature: signatures[0] };
    expect(first.json()).toEqual({ signatures: [{ ...answer, reused: false }] });
    expect(replayed.json()).toEqual({ signatures: [{ ...answer, reused: true }] });
    expect(signatures).toHaveLength(1);
    expect(await notation(keys, 'verify', `${gun}@${image.digest}`)).toMatchObject({ accepted: true });
  });

  test('says to everybody that it lives', async () => {
    const health = new URL('/healthz', keys.endpoint);
    const answer = await service.post({ url: health, method: 'GET', identity: undefined, headers: {} });
    expect([answer.status, answer.json()]).toEqual([200, { status: 'ok' }]);
  });

  test('signs nothing for a client of another authority that has the right name', async () => {
    const image = await pushSubject(repository, 'manifest');
    const name = 'C=DE, ST=BW, O=Development, CN=image-builder';
    const identity = await (await createAuthority('others')).issue({ name, purpose: 'client' });
    const answer = await service.post({ body: orderFor(gun, image), identity });
    expect([answer.status, answer.json()]).toMatchObject([403, { code: 'certificate-untrusted' }]);
    expect(await signaturesOf(repository, image)).toEqual([]);
  });

  test.each<[string, number, string, (image: Descriptor) => Parameters<RunningService['post']>[0]]>([
    [
      'a client without a certificate',
      403,
      'certificate-missing',
      (image) => ({ body: orderFor(gun, image), identity: undefined }),
    ],
    [
      'a repository that the client may not have signed',
      403,
      'gun-forbidden',
      (image) => ({ body: orderFor(`${gun}-other`, image) }),
    ],
    [
      'a digest that is not there',
      404,
      'digest-unknown',
      (image) => ({ body: orderFor(gun, { ...image, digest: `sha256:${'0'.repeat(64)}` as never }) }),
    ],
    [
      'an image of another size',
      422,
      'size-mismatch',
      (image) => ({ body: orderFor(gun, { ...image, size: image.size + 1 }) }),
    ],
    ['1 MiB of garbage', 400, 'request-invalid', () => ({ body: Buffer.alloc(mebibyte, 0xa7) })],
    ['more than that', 413, 'body-too-large', () => ({ body: Buffer.alloc(2 * mebibyte, 0xa7) })],
  ])('signs nothing for %s', async (_, status, code, options) => {
    const image = await pushSubject(repository, 'manifest');
    const answer = await service.post(options(image));
    expect([answer.status, answer.json()]).toMatchObject([status, { code }]);
    expect(await signaturesOf(repository, image)).toEqual([]);
  });

  test('signs what is below a repository that the client may have signed', async () => {
    const below = openRepository(uniqueName(`${repository.repository.path}/below`));
    const image = await pushSubject(below, 'index');
    expect((await service.post({ body: orderFor(below.name, image) })).status).toBe(202);
    expect(await signaturesOf(below, image)).toHaveLength(1);
  });
});

describe('200 requests at once', () => {
  const images = (count: number) =>
    Promise.all(Array.from({ length: count }, () => pushSubject(repository, 'manifest')));
  const orders = (wanted: readonly Descriptor[]) =>
    Array.from({ length: 200 }, (_, at) => order(wanted[at % wanted.length] as Descriptor));
  const faults = async (answers: ReturnType<typeof orders>) =>
    (await Promise.all(answers)).filter(({ status }) => status !== 202).map(({ text }) => text);

  test('for one image are all answered 202, and the image has one signature', async () => {
    const wanted = await images(1);
    expect(await faults(orders(wanted))).toEqual([]);
    expect(await Promise.all(wanted.map((image) => signaturesOf(repository, image)))).toMatchObject([[{}]]);
  });

  test('for eight images, among 20 of 1 MiB of garbage, are all answered 202, each image has one signature, and the memory stays bounded', async () => {
    const wanted = await images(8);
    const answers = orders(wanted);
    const garbage = Array.from({ length: 20 }, () => service.post({ body: Buffer.alloc(mebibyte, 0xa7) }));
    expect(await faults(answers)).toEqual([]);
    expect(new Set((await Promise.all(garbage)).map(({ status }) => status))).toEqual(new Set([400]));
    const signatures = await Promise.all(wanted.map((image) => signaturesOf(repository, image)));
    expect(signatures.map(({ length }) => length)).toEqual(wanted.map(() => 1));
    expect(residentBytes(service.running.child.pid)).toBeLessThan(512 * mebibyte);
  });

  function residentBytes(pid: number | undefined): number {
    const kibibytes = execFileSync('ps', ['-o', 'rss=', '-p', `${pid}`], { encoding: 'utf8' });
    return Number(kibibytes) * 1024;
  }
});

describe('the end of the service', () => {
  test('by SIGTERM lets the requests that run come to their end, takes no new one, and exits 0', async () => {
    const slow = await heldRegistry(registry, '/manifests/');
    const place = openRepository(uniqueName('held'));
    const name = `${slow.address}/${place.repository.path}`;
    const ending = await startService(await signingKeys([name]));
    const images = await Promise.all([1, 2, 3, 4].map(() => pushSubject(place, 'manifest')));
    const orders = images.map((image) => ending.post({ body: orderFor(name, image) }));
    await slow.waiting(orders.length);
    const ended = ending.end('SIGTERM');
    await ending.running.saying('requests that run are let come to their end');
    await expect(ending.post({})).rejects.toMatchObject({ code: 'ECONNREFUSED' });
    slow.release();
    const allSigned = images.map(() => 202);
    expect((await Promise.all(orders)).map(({ status }) => status)).toEqual(allSigned);
    const { exitCode, ...texts } = await ended;
    expect([exitCode, logOf(texts).map(({ status }) => status)]).toEqual([0, allSigned]);
  });

  test('in the middle of a request is borne by a client that tries again, and the image is signed once', async () => {
    const slow = await heldRegistry(registry, '/manifests/sha256:');
    const place = openRepository(uniqueName('restarted'));
    const name = `${slow.address}/${place.repository.path}`;
    const own = await signingKeys([name]);
    const image = await pushSubject(place, 'manifest');
    await crane('tag', `${place.name}@${image.digest}`, 'v1');
    const first = await startService(own, 'limits:\n  shutdown-timeout: 100ms\n');
    const args = ['sign', `${name}:v1`, '--config', signedConfig(own), '--json'];
    const client = start(args, { cwd: own.directory });
    await slow.waiting(1);
    expect((await first.end('SIGTERM')).exitCode).toBe(0);
    const second = await startService(own);
    slow.release();
    const { exitCode, stdout, stderr } = await client.ended;
    expect([exitCode, stderr]).toEqual([0, expect.stringContaining('retrying in')]);
    const [signature] = await signaturesOf(place, image);
    expect(JSON.parse(stdout)).toMatchObject([{ state: 'verified', signature }]);
    expect(await signaturesOf(place, image)).toHaveLength(1);
    expect(logOf(await second.end())).toMatchObject([
      { status: 202, signed: [{ signature, reused: false }] },
    ]);
  });

  test('by SIGINT is not put off by a client that says nothing, and leaves nothing listening', async () => {
    const own = await signingKeys([gun]);
    const ending = await startService(own, 'limits: { request-timeout: 1s, shutdown-timeout: 100ms }\n');
    const { hostname: host, port } = own.endpoint;
    const silent = connect({ host, port: Number(port), ca: own.serviceCa, ...own.client });
    onTestFinished(() => void silent.destroy());
    await once(silent, 'secureConnect');
    expect((await ending.end('SIGINT')).exitCode).toBe(0);
    await expect(ending.post({})).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  });
});

describe('the log of the service', () => {
  test('is one JSON object a line that says who asked for what, and holds no key', async () => {
    const own = await signingKeys([gun]);
    const logging = await startService(own);
    const image = await pushSubject(repository, 'manifest');
    await logging.post({ body: orderFor(gun, image) });
    await logging.post({ body: orderFor(`${gun}-other`, image) });
    await logging.post({ body: readFileSync(join(own.directory, 'client/signify-secret.json')) });
    await logging.post({ identity: undefined });
    const { stdout, stderr } = await logging.end();
    const client = 'C=DE, ST=BW, O=Development, CN=image-builder';
    const { digest, size } = image;
    const orders = [{ gun, digest, size, tags: ['v1'] }];
    expect(logOf({ stdout })).toMatchObject([
      { status: 202, client, orders, signed: [{ gun, digest, reused: false }] },
      { status: 403, code: 'gun-forbidden', client, orders: [{ ...orders[0], gun: `${gun}-other` }] },
      { status: 400, code: 'request-invalid', client },
      { status: 403, code: 'certificate-missing' },
    ]);
    for (const secret of secretsOf(own)) expect(`${stdout}${stderr}`).not.toContain(secret);
  });

  /** Every line of every private key, and what stands for one. */
  function secretsOf({ directory, client }: SigningKeys): readonly string[] {
    const files = ['signing/key.pem', 'service/key.pem'].map((path) =>
      readFileSync(join(directory, path), 'utf8'),
    );
    const secret = JSON.parse(readFileSync(join(directory, 'client/signify-secret.json'), 'utf8'));
    const lines = [client.key, ...files].flatMap((pem) => pem.split('\n').slice(1, -2));
    return [...lines, secret.privateKeyData, 'PRIVATE KEY', 'privateKeyData'];
  }
});

describe('a build for two platforms', () => {
  test('has the service sign the index and the image of each platform, so that the real notation accepts each', async () => {
    const name = uniqueName('built');
    const place = `${registry}/${name}`;
    const own = await signingKeys([place]);
    const signing = await startService(own);
    const defaultTag = "{ name: default_tag, value: 'v{{ .ShortSHA }}', validation: '^v' }";
    const config = signedConfig(own, `registry: ${registry}\ndefault-commit-tag: ${defaultTag}\n`);
    const cwd = await checkout({ Dockerfile: `FROM ${busybox}\nCOPY Dockerfile /\n` });
    const args = ['--name', name, '--event', 'workflow_dispatch', '--config', config];
    const { exitCode, report } = await build(args, { cwd });
    expect([exitCode, report]).toMatchObject([0, { signed: true }]);

    const platforms = report.platforms.map(({ platform, digest }) => ({ platform, digest }));
    const [tag = ''] = report.tags;
    const wanted = [
      { gun: place, digest: report.digest, tags: [tag] },
      ...platforms.map(({ platform, digest }) => ({
        gun: place,
        digest,
        tags: [`${tag}-${platform.replace('/', '-')}`],
      })),
    ];
    const log = logOf(await signing.end());
    expect(log.map(({ status }) => status)).toEqual(wanted.map(() => 202));
    expect(log.flatMap(({ orders = [] }) => orders)).toEqual(
      expect.arrayContaining(wanted.map((each) => expect.objectContaining(each))),
    );
    for (const { digest } of wanted)
      expect(await notation(own, 'verify', `${place}@${digest}`)).toMatchObject({ accepted: true });
  });
});
