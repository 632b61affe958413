import { generateKeyPairSync } from 'node:crypto';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Descriptor } from '../../src/oci/index.ts';
import { childOf, openRepository, pushSubject } from '../contracts/test-repository.ts';
import {
  configFile,
  cosign,
  createKeys,
  notation,
  openService,
  type RunningService,
  type SigningKeys,
  signaturesOf,
  signedConfig,
  widelyTrustedConfig,
} from './signing-stage.ts';
import { crane, imageBuilder, uniqueName } from './stage.ts';

const place = openRepository(uniqueName('commands'));
const folder = mkdtempSync(join(tmpdir(), 'image-builder-commands-'));
let keys: SigningKeys;
let service: RunningService;
let config: string;
/** The same, with trust that does not end at the repository of these tests. */
let wideConfig: string;
/** An index that the embedded signer signed, with its one platform; what others do to it is in tags of their own. */
let signed: Descriptor;

beforeAll(async () => {
  keys = await createKeys(join(folder, 'keys'), [place.name]);
  service = await openService(keys);
  config = signedConfig(keys);
  wideConfig = widelyTrustedConfig(keys);
  signed = await pushSubject(place, 'index');
  const { exitCode, stderr } = await run('sign', named(signed), '--signer', 'embedded', '--config', config);
  expect(exitCode, stderr).toBe(0);
});

afterAll(async () => {
  await service.end();
  rmSync(folder, { recursive: true, force: true });
});

const run = (...args: readonly string[]) => imageBuilder(args, { cwd: folder });
const named = ({ digest }: Descriptor) => `${place.name}@${digest}`;

async function tagged(image: Descriptor): Promise<string> {
  const tag = uniqueName('v');
  await crane('tag', named(image), tag);
  return `${place.name}:${tag}`;
}

const newFolder = () => mkdtempSync(join(folder, 'new-'));

describe.concurrent('sign', () => {
  test('signs by digest and by tag what the real notation then accepts, and adds nothing when it is run again', async () => {
    const images = await Promise.all([pushSubject(place, 'manifest'), pushSubject(place, 'docker manifest')]);
    const [one, two] = images as [Descriptor, Descriptor];
    const tag = await tagged(two);
    // The service signs by tag, whether or not the registry knows it.
    const pinned = named(one).replace('@', ':v1@');
    const args = ['sign', pinned, tag, '--config', config, '--json'];
    const [first, again] = [await run(...args), await run(...args)];
    expect([first.exitCode, again.exitCode], first.stderr).toEqual([0, 0]);
    expect(first.stderr).toContain(`"${tag}" is ${two.digest}`);
    const signatures = await Promise.all(images.map((image) => signaturesOf(place, image)));
    const rows = images.map((image, at) => ({
      image: named(image),
      signer: 'signing-service',
      kind: 'notary',
      state: 'verified',
      reused: false,
      signature: signatures[at]?.[0],
      signed_by: expect.stringContaining('O=Development'),
      signing_time: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/),
    }));
    expect(JSON.parse(first.stdout)).toEqual(rows);
    expect(JSON.parse(again.stdout)).toMatchObject(rows.map(({ signature }) => ({ signature })));
    expect(signatures.map(({ length }) => length)).toEqual([1, 1]);
    for (const name of [named(one), tag])
      expect(await notation(keys, 'verify', name)).toMatchObject({ accepted: true });
  });

  test('signs with the embedded signer the index and the image of its platform, each once, however many references name them', async () => {
    const index = await pushSubject(place, 'index');
    const child = await childOf(place, index);
    const names = [named(index), await tagged(index), await tagged(index), named(child)];
    const args = ['sign', ...names, '--signer', 'embedded', '--config', config];
    const [first, again] = [await run(...args), await run(...args)];
    expect([first.exitCode, again.exitCode], first.stderr).toEqual([0, 0]);
    expect(first.stdout).toContain(named(index));
    expect(first.stdout).toMatch(new RegExp(`^verified +${named(child)} +linux/amd64 +by embedded`, 'm'));
    expect(again.stdout.match(/\(was there\)$/gm)).toHaveLength(2);
    for (const image of [index, child]) {
      expect(await signaturesOf(place, image)).toHaveLength(1);
      expect(await notation(keys, 'verify', named(image))).toMatchObject({ accepted: true });
    }
  });

  test('signs with a cosign key what the real cosign and our verify accept by the same key, and by no other', async () => {
    const pair = () => {
      const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
      const [key, pub] = [join(folder, uniqueName('key')), join(folder, uniqueName('pub'))];
      writeFileSync(key, privateKey.export({ type: 'pkcs8', format: 'pem' }), { mode: 0o600 });
      writeFileSync(pub, publicKey.export({ type: 'spki', format: 'pem' }));
      return { key, pub };
    };
    const [own, other] = [pair(), pair()];
    const cosignOnly = configFile(
      keys,
      `sign-config:\n  signers:\n    - {name: bundles, type: cosign, config: {key: ${own.key}}}\n`,
    );
    const image = await pushSubject(place, 'manifest');
    const name = named(image);
    const made = await run('sign', name, '--signer', 'bundles', '--config', cosignOnly, '--json');
    expect(made.exitCode, made.stderr).toBe(0);
    expect(JSON.parse(made.stdout)).toMatchObject([{ image: name, kind: 'cosign', state: 'verified' }]);
    const theirs = (pub: string) => cosign('verify', '--key', pub, '--insecure-ignore-tlog=true', name);
    expect(await theirs(own.pub)).toMatchObject({ accepted: true });
    expect(await theirs(other.pub)).toMatchObject({ accepted: false });
    const ours = (...pubs: readonly string[]) =>
      run('verify', name, ...pubs.flatMap((pub) => ['--cosign-key', pub]));
    expect(await ours(other.pub, own.pub)).toMatchObject({
      exitCode: 0,
      stdout: expect.stringContaining(`verified  by cosign key "${own.pub}"`),
    });
    expect(await ours(other.pub)).toMatchObject({
      exitCode: 3,
      stderr: expect.stringContaining('no signature that counts'),
    });
    const both = await run(
      'verify',
      name,
      '--cosign-key',
      own.pub,
      '--trust',
      join(keys.directory, 'notation'),
    );
    expect(both).toMatchObject({
      exitCode: 3,
      stdout: expect.stringMatching(/UNSIGNED[\s\S]*verified +by cosign/),
    });
  });

  test.each([
    ['nobody', ['--signer', 'nobody'], 'there is no signer "nobody"', 'signing-service, embedded'],
    ['signers of another repository only', [], 'no signer is enabled', '--signer'],
  ])('exits 3 for %s', async (_, args, message, hint) => {
    const image = await pushSubject(place, 'manifest');
    const text = `sign-config:
  enabled-signers: {team/app: [embedded]}
  signers:
    - {name: signing-service, type: notation, config: {key: signing/key.pem, chain: signing/chain.pem}}
    - {name: embedded, type: notation, config: {key: signing/key.pem, chain: signing/chain.pem}}
`;
    const own = ['--config', configFile(keys, text)];
    const refused = await run('sign', named(image), ...args, ...own);
    expect([refused.exitCode, refused.stdout]).toEqual([3, '']);
    expect(refused.stderr).toContain(message);
    expect(refused.stderr).toContain(hint);
    expect(await signaturesOf(place, image)).toEqual([]);
    const allowed = await run('sign', named(image), '--repo', 'team/app', ...own);
    expect(allowed.exitCode, allowed.stderr).toBe(0);
  });
});

describe.concurrent('sign refuses', () => {
  test('a tag that names another digest than the one beside it', async () => {
    const [one, two] = [await pushSubject(place, 'manifest'), await pushSubject(place, 'manifest')];
    const mixed = `${await tagged(one)}@${two.digest}`;
    const { exitCode, stderr } = await run('sign', mixed, '--config', config);
    expect([exitCode, stderr]).toEqual([2, expect.stringContaining(`the tag names ${one.digest}`)]);
    expect([await signaturesOf(place, one), await signaturesOf(place, two)]).toEqual([[], []]);
  });

  test('a digest alone for a service that signs by tag, before anybody signs', async () => {
    const image = await pushSubject(place, 'manifest');
    const signers = ['--signer', 'embedded', '--signer', 'signing-service'];
    const { exitCode, stderr } = await run('sign', named(image), ...signers, '--config', config);
    expect([exitCode, stderr]).toEqual([2, expect.stringContaining('signs by tag')]);
    expect(await signaturesOf(place, image)).toEqual([]);
  });

  test('an index that lies about the size of a manifest', async () => {
    const index = await pushSubject(place, 'index');
    const child = await childOf(place, index);
    const bytes = JSON.stringify({
      schemaVersion: 2,
      mediaType: index.mediaType,
      manifests: [{ ...child, size: child.size + 1, platform: { os: 'linux', architecture: 'amd64' } }],
    });
    const lying = await place.pushManifest(Buffer.from(bytes), index.mediaType);
    const { exitCode, stderr } = await run('sign', named(lying), '--signer', 'embedded', '--config', config);
    expect([exitCode, stderr]).toEqual([5, expect.stringContaining('another size or type than it has')]);
    expect(await signaturesOf(place, lying)).toEqual([]);
  });

  test('a repository whose name is one that every object knows', async () => {
    const { exitCode, stderr } = await run(
      'sign',
      named(signed),
      '--repo',
      'constructor',
      '--config',
      config,
    );
    expect([exitCode, stderr]).toEqual([2, expect.stringContaining('has no tag')]);
  });
});

describe.concurrent('the deployed form of sign', () => {
  const deployed = (...images: readonly string[]) =>
    run('--sign-only', `--images-to-sign=${images.join(',')}`, '--ado-state-output', '--config', wideConfig);
  const state = (success: boolean) =>
    `##vso[task.setvariable variable=signing_success;isOutput=true]${success}\n`;

  test('signs all images and sets the variable', async () => {
    const images = await Promise.all([pushSubject(place, 'manifest'), pushSubject(place, 'manifest')]);
    const tags = await Promise.all(images.map(tagged));
    const { exitCode, stdout, stderr } = await deployed(...tags);
    expect(exitCode, stderr).toBe(0);
    expect(stdout.endsWith(`\n${state(true)}`)).toBe(true);
    for (const [at, image] of images.entries()) {
      expect(stderr).toContain(`"${tags[at]}" is ${image.digest}`);
      expect(await notation(keys, 'verify', named(image))).toMatchObject({ accepted: true });
    }
  });

  test('sets it to false and exits 3 when the service refuses one of them, and says which are signed', async () => {
    const other = openRepository(uniqueName('foreign'));
    const [image, foreign] = await Promise.all([
      pushSubject(place, 'manifest'),
      pushSubject(other, 'manifest'),
    ]);
    const names = [named(image), `${other.name}@${foreign.digest}`].map((name) => name.replace('@', ':v1@'));
    const { exitCode, stdout, stderr } = await deployed(...names);
    expect(exitCode, stderr).toBe(3);
    expect(stderr).toMatch(/the service answered 403 .*may not have/);
    expect(stdout).toContain(named(image));
    expect(stdout).not.toContain(other.name);
    expect(stdout.endsWith(`\n${state(false)}`)).toBe(true);
  });

  test('sets it to false and exits 2 when there is no image', async () => {
    const { exitCode, stdout, stderr } = await deployed();
    expect([exitCode, stdout]).toEqual([2, state(false)]);
    expect(stderr).toContain('no image to sign is named');
  });
});

describe.concurrent('verify', () => {
  const verify = (...args: readonly string[]) => run('verify', '--config', config, ...args);

  test('says who signed an image and when', async () => {
    const { exitCode, stdout } = await verify(named(signed));
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(
      /^ {2}verified {2}.*CN=image-builder.*, at \d{4}-.*by trust policy "development" \(strict\) of .*trustpolicy\.json$/m,
    );
    const { stdout: json } = await verify(named(signed), '--json');
    const { mediaType: media_type, digest } = signed;
    const [signature] = await signaturesOf(place, signed);
    expect(JSON.parse(json)).toMatchObject([
      {
        reference: named(signed),
        digest,
        media_type,
        verified: true,
        notation: {
          policy: { name: 'development', level: 'strict' },
          verified: [{ digest: signature, format: 'jws', signer: expect.stringContaining('O=Development') }],
          rejected: [],
        },
      },
    ]);
  });

  test('exits 3 when one of several images is unsigned, and says which', async () => {
    const unsigned = await pushSubject(place, 'manifest');
    const { exitCode, stdout, stderr } = await verify(named(signed), named(unsigned));
    expect(exitCode).toBe(3);
    expect(stdout.split('\n').map((line) => line.trim().split(' ')[0])).toEqual([
      named(signed),
      signed.digest,
      'verified',
      named(unsigned),
      unsigned.digest,
      'UNSIGNED',
      '',
    ]);
    expect(stderr).toContain(`"${named(unsigned)}" has no signature that counts`);
    const { stdout: json } = await verify(named(signed), named(unsigned), '--json');
    expect(JSON.parse(json)).toMatchObject([{ verified: true }, { verified: false }]);
  });

  test('exits 3 for a tag that was moved to another image', async () => {
    const tag = await tagged(signed);
    expect((await verify(tag)).exitCode).toBe(0);
    await crane('tag', named(await pushSubject(place, 'manifest')), tag.split(':').at(-1) ?? '');
    expect((await verify(tag)).exitCode).toBe(3);
  });

  test('exits 3 by the trust policy of somebody else, and says why', async () => {
    const others = await createKeys(join(newFolder(), 'keys'), [place.name]);
    const { exitCode, stdout } = await verify(named(signed), '--trust', join(others.directory, 'notation'));
    expect([exitCode, stdout]).toEqual([
      3,
      expect.stringMatching(/UNSIGNED[\s\S]*rejected +sha256:.*is in no trust store/),
    ]);
  });

  test('exits 3 by a trust policy that verifies nothing, since nothing is verified then', async () => {
    const trust = newFolder();
    const policy = { name: 'blind', registryScopes: [place.name], signatureVerification: { level: 'skip' } };
    const document = { version: '1.0', trustPolicies: [policy] };
    writeFileSync(join(trust, 'trustpolicy.json'), JSON.stringify(document));
    const { exitCode, stdout } = await verify(named(signed), '--trust', trust);
    expect([exitCode, stdout]).toEqual([3, expect.stringContaining('"blind" (skip)')]);
  });

  test('verifies the image of a platform by its own signature', async () => {
    const { exitCode, stdout } = await verify(named(signed), '--platform', 'linux/amd64');
    const { digest } = await childOf(place, signed);
    expect([exitCode, stdout]).toEqual([0, expect.stringContaining(`(linux/amd64)\n  ${digest} `)]);
    expect(await verify(named(signed), '--platform', 'linux/s390x')).toMatchObject({
      exitCode: 2,
      stderr: expect.stringContaining('it has linux/amd64'),
    });
  });

  test('exits 2 where nobody said whom to trust, and says how to', async () => {
    const env = { XDG_CONFIG_HOME: newFolder() };
    const lost = await imageBuilder(['verify', named(signed)], { cwd: folder, env });
    expect([lost.exitCode, lost.stdout]).toEqual([2, '']);
    expect(lost.stderr).toMatch(
      /^error: there is no trust policy ".*trustpolicy\.json"\nhint: .*--trust.*--cosign-key/,
    );
    const found = { XDG_CONFIG_HOME: keys.directory };
    expect(await imageBuilder(['verify', named(signed)], { cwd: folder, env: found })).toMatchObject({
      exitCode: 0,
    });
  });
});

describe.concurrent('when the registry is down,', () => {
  const image = `localhost:1/x@sha256:${'0'.repeat(64)}`;

  test('verify exits 5', async () => {
    const { exitCode, stdout, stderr } = await run('verify', image, '--config', config);
    expect([exitCode, stdout, stderr]).toEqual([5, '', expect.stringContaining('ECONNREFUSED')]);
  });

  test('verify exits 3 all the same for another image that is unsigned, which no retry can mend', async () => {
    const unsigned = named(await pushSubject(place, 'manifest'));
    const { exitCode, stdout, stderr } = await run('verify', image, unsigned, '--config', config);
    expect([exitCode, stdout]).toEqual([3, expect.stringContaining('UNSIGNED')]);
    expect(stderr).toMatch(/^warning: .*ECONNREFUSED.*\nerror: .* has no signature that counts$/m);
  });

  test('sign exits 5 and sets the variable to false', async () => {
    const { exitCode, stdout } = await run(
      'sign',
      image.replace('@', ':v1@'),
      '--ado-state-output',
      '--config',
      wideConfig,
    );
    expect([exitCode, stdout]).toEqual([5, expect.stringMatching(/signing_success;isOutput=true\]false\n$/)]);
  });
});

describe.concurrent('keys create', () => {
  /** Gives the real notation the key and its chain. */
  function lendKey({ directory }: SigningKeys): void {
    const [keyPath, certPath] = ['key.pem', 'chain.pem'].map((file) => join(directory, 'signing', file));
    const document = { default: 'own', keys: [{ name: 'own', keyPath, certPath }] };
    writeFileSync(join(directory, 'notation/signingkeys.json'), JSON.stringify(document));
  }

  test.each(['P-384', 'RSA-3072'])(
    'makes a %s key with which the real notation signs for our verify, and we sign for the real notation',
    async (algorithm) => {
      const own = await createKeys(join(newFolder(), 'keys'), [place.name], '--algorithm', algorithm);
      const args = ['--config', signedConfig(own)];
      const ours = await pushSubject(place, 'manifest');
      const made = await run('sign', named(ours), '--signer', 'embedded', ...args);
      expect(made.exitCode, made.stderr).toBe(0);
      expect(await notation(own, 'verify', named(ours))).toMatchObject({ accepted: true });

      lendKey(own);
      const theirs = await pushSubject(place, 'index');
      expect(await notation(own, 'sign', named(theirs))).toMatchObject({ accepted: true });
      expect(await run('verify', named(theirs), ...args)).toMatchObject({ exitCode: 0 });
      const child = await run('verify', named(theirs), '--platform', 'linux/amd64', ...args);
      expect(child).toMatchObject({ exitCode: 3, stdout: expect.stringContaining('UNSIGNED') });
    },
  );

  test('keeps keys from everybody else, and never takes the place of something', async () => {
    const { directory } = keys;
    const mode = (path: string) => (statSync(path).mode & 0o777).toString(8);
    const secrets = ['signing/key.pem', 'service/key.pem', 'client/signify-secret.json'];
    expect(secrets.map((path) => mode(join(directory, path)))).toEqual(secrets.map(() => '600'));
    const folders = ['.', 'signing', 'service', 'client', 'notation'];
    expect(folders.map((path) => mode(join(directory, path)))).toEqual(folders.map(() => '700'));
    const mine = newFolder();
    mkdirSync(join(mine, 'precious'));
    const refused = await run('keys', 'create', mine);
    expect(refused).toMatchObject({ exitCode: 2, stderr: expect.stringContaining(`"${mine}" is not empty`) });
    expect(readdirSync(mine)).toEqual(['precious']);
  });
});
