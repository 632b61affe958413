import { execFile } from 'node:child_process';
import { constants, type KeyObject, sign } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import type { Descriptor } from '../../src/oci/index.ts';
import { referrerAttacher } from '../../src/registry/index.ts';
import {
  cosignSigner,
  loadCosignKeys,
  loadTrust,
  verifyCosign,
  verifyImage,
} from '../../src/signing/index.ts';
import { type ReferrersProxy, startReferrersProxy } from '../fakes/registry/referrers-proxy.ts';
import { ecKeys, issueChain, type KeyPair, rsaKeys } from '../fakes/signing/certificates.ts';
import { fitKinds, oddKind, pemOf, unfitKinds } from '../fakes/signing/cosign-keys.ts';
import { bundleManifest, encode, forgeBundle } from '../fakes/signing/forge-bundle.ts';
import { bundleForgeries } from '../fakes/signing/forgeries-bundle.ts';
import { registry, uniqueName } from '../journeys/stage.ts';
import { openNotation, trustStrictly, type Verdict } from './judges.ts';
import { openProductClient } from './product-client.ts';
import { signAndAttach } from './sign-and-attach.ts';
import { fallbackTag, openRepository, pushSubject, type TestRepository } from './test-repository.ts';

const bench = inject('workbench');
const folder = mkdtempSync(join(tmpdir(), 'image-builder-cosign-'));
const client = openProductClient();
// Nobody else signs these artifacts, so that there is nothing to wait for.
const attach = referrerAttacher({ registry: client.registry, random: () => 0, sleep: async () => {} });
const discoveries = ['tag', 'API'] as const;
const subjectKinds = ['manifest', 'index'] as const;
const metadata = { commit: '0123abc', run: 'https://ci.example/7' };
const bundleType = 'application/vnd.dev.sigstore.bundle.v0.3+json';

let proxy: ReferrersProxy;
let repositories: Readonly<Record<(typeof discoveries)[number], TestRepository>>;

beforeAll(async () => {
  proxy = await startReferrersProxy(registry);
  const name = uniqueName('cosign');
  repositories = { tag: openRepository(name), API: openRepository(name, proxy.name) };
});

afterAll(async () => {
  rmSync(folder, { recursive: true, force: true });
  await Promise.all([client.close(), proxy.close()]);
});

function cosign(...args: readonly string[]): Promise<Verdict> {
  return new Promise((resolve) => {
    const env = { ...process.env, ...bench.env, COSIGN_PASSWORD: '' };
    execFile(bench.cosign, args, { env, cwd: folder, timeout: 60_000 }, (error, stdout, stderr) =>
      resolve({ accepted: error === null, words: `${stdout}${stderr}` }),
    );
  });
}

interface KeyFiles extends KeyPair {
  readonly name: string;
  readonly keyPath: string;
  readonly pubPath: string;
}

/** Both halves of a key in files of their own. */
function filesOf(keys: KeyPair): KeyFiles {
  const name = uniqueName('key');
  const [keyPath, pubPath] = [join(folder, `${name}.pem`), join(folder, `${name}.pub`)];
  const { key, pub } = pemOf(keys);
  writeFileSync(keyPath, key, { mode: 0o600 });
  writeFileSync(pubPath, pub);
  return { ...keys, name, keyPath, pubPath };
}

const theirs = (place: TestRepository, { digest }: Descriptor, { pubPath }: KeyFiles, ...more: string[]) =>
  cosign('verify', '--key', pubPath, '--insecure-ignore-tlog=true', ...more, `${place.name}@${digest}`);

async function ours({ repository }: TestRepository, descriptor: Descriptor, { pubPath }: KeyFiles) {
  const keys = await loadCosignKeys([pubPath]);
  return verifyCosign({ registry: client.registry, repository, descriptor, keys });
}

async function weSign({ repository }: TestRepository, descriptor: Descriptor, { keyPath }: KeyFiles) {
  const ports = { registry: client.registry, attach, clock: () => new Date(), warn: () => undefined };
  return cosignSigner({ name: 'own', keyPath }, ports).sign({ repository, descriptor, tags: [], metadata });
}

/** Gives the real cosign a key as it wants it, and has it sign. */
async function theySign(place: TestRepository, { digest }: Descriptor, { name, keyPath }: KeyFiles) {
  const imported = await cosign('import-key-pair', '--key', keyPath, '--output-key-prefix', name);
  if (!imported.accepted) return imported;
  const offline = ['--tlog-upload=false', '--use-signing-config=false'];
  const reference = `${place.name}@${digest}`;
  return cosign('sign', '--yes', '--key', `${name}.key`, ...offline, '-a', 'commit=0123abc', reference);
}

function rowsOf(kinds: typeof fitKinds) {
  return discoveries.flatMap((discovery) =>
    kinds.flatMap((kind) => subjectKinds.map((what) => ({ ...kind, discovery, what }))),
  );
}

describe.concurrent('what we sign and attach, the real cosign verifies, and so do we:', () => {
  test.each(rowsOf([...fitKinds, oddKind]))(
    'a $what by a key of kind $kind, found through the $discovery',
    async ({ discovery, makeKeys, what }) => {
      const place = repositories[discovery];
      const [own, other] = [filesOf(makeKeys()), filesOf(ecKeys())];
      const subject = await pushSubject(place, what);
      const { signature, reused } = await weSign(place, subject, own);
      expect(reused).toBe(false);

      const verified = await theirs(place, subject, own, '-a', 'commit=0123abc');
      expect(verified, verified.words).toMatchObject({ accepted: true });
      expect(await theirs(place, subject, own, '-a', 'commit=other')).toMatchObject({ accepted: false });
      expect(await theirs(place, subject, other)).toMatchObject({ accepted: false });
      expect(await ours(place, subject, own)).toMatchObject({
        verified: [{ digest: signature, keyPath: own.pubPath, metadata }],
        rejected: [],
      });
      expect(await ours(place, subject, other)).toMatchObject({
        verified: [],
        rejected: [{ digest: signature, reason: 'signature.wrong' }],
      });
      expect(await weSign(place, subject, own)).toEqual({ state: 'attached', signature, reused: true });
    },
  );
});

describe.concurrent('what the real cosign signs, we verify:', () => {
  test.each(rowsOf(fitKinds))(
    'a $what by a key of kind $kind, found through the $discovery',
    async ({ discovery, makeKeys, what }) => {
      const place = repositories[discovery];
      const [own, other] = [filesOf(makeKeys()), filesOf(ecKeys())];
      const subject = await pushSubject(place, what);
      expect(await theySign(place, subject, own)).toMatchObject({ accepted: true });
      const { verified, rejected } = await ours(place, subject, own);
      expect({ verified, rejected }).toMatchObject({
        verified: [{ keyPath: own.pubPath, metadata: { commit: '0123abc' } }],
        rejected: [],
      });
      expect(await ours(place, subject, other)).toMatchObject({
        verified: [],
        rejected: [{ reason: 'signature.wrong' }],
      });
      const signature = verified[0]?.digest;
      expect(await weSign(place, subject, own)).toEqual({ state: 'attached', signature, reused: true });
    },
  );
});

describe.concurrent('a bundle that we reject, the real cosign rejects too, or we say why not:', () => {
  const own = filesOf(ecKeys());
  type Edits = Parameters<typeof forgeBundle>[1];

  /** Stores a bundle that was made by hand as the only one. */
  async function store(privateKey: KeyObject, edits?: Edits) {
    const place = repositories.tag;
    const subject = await pushSubject(place, 'manifest');
    const envelope = forgeBundle({ privateKey, digest: subject.digest }, edits);
    await place.attach(subject, { manifest: bundleManifest(subject, envelope), envelope });
    return { place, subject };
  }

  test('the bundle that all forgeries are made from is right', async () => {
    const { place, subject } = await store(own.privateKey);
    expect(await theirs(place, subject, own)).toMatchObject({ accepted: true });
    expect(await ours(place, subject, own)).toMatchObject({ verified: [{}], rejected: [] });
  });

  test.each(bundleForgeries)('$title ($reason)', async ({ reason, differs, edits }) => {
    const { place, subject } = await store(own.privateKey, edits);
    expect(await ours(place, subject, own)).toMatchObject({ verified: [], rejected: [{ reason }] });
    const { accepted, words } = await theirs(place, subject, own);
    expect(accepted, words).toBe(differs !== undefined);
  });

  test('a signature of another key that names ours', async () => {
    const hint = Buffer.from('ours').toString('base64');
    const { place, subject } = await store(ecKeys().privateKey, {
      bundle: (all) => ({ ...all, verificationMaterial: { publicKey: { hint } } }),
    });
    expect(await ours(place, subject, own)).toMatchObject({
      verified: [],
      rejected: [{ reason: 'signature.wrong' }],
    });
    expect(await theirs(place, subject, own)).toMatchObject({ accepted: false });
  });

  test('an RSA signature with the padding of PSS', async () => {
    const rsa = filesOf(await rsaKeys(2048));
    const padding = constants.RSA_PKCS1_PSS_PADDING;
    const { place, subject } = await store(rsa.privateKey, {
      sign: (payload, key) => sign('sha256', encode(payload), { key, padding }),
    });
    expect(await ours(place, subject, rsa)).toMatchObject({
      verified: [],
      rejected: [{ reason: 'signature.wrong' }],
    });
    expect(await theirs(place, subject, rsa)).toMatchObject({ accepted: false });
  });

  test.each(unfitKinds)('a signature by a key of kind $kind', async ({ hash, makeKeys, differs }) => {
    const unfit = filesOf(makeKeys());
    const { place, subject } = await store(unfit.privateKey, {
      sign: (payload, key) => sign(hash, encode(payload), key),
    });
    await expect(ours(place, subject, unfit)).rejects.toMatchObject({ code: 'config.invalid' });
    const { accepted, words } = await theirs(place, subject, unfit);
    expect(accepted, words).toBe(differs !== undefined);
  });

  test.each(unfitKinds)('what cosign itself signs with a key of kind $kind', async ({ makeKeys }) => {
    const unfit = filesOf(makeKeys());
    const place = repositories.tag;
    const subject = await pushSubject(place, 'manifest');
    await theySign(place, subject, unfit);
    expect(await theirs(place, subject, unfit)).toMatchObject({ accepted: false });
    await expect(weSign(place, subject, unfit)).rejects.toMatchObject({ code: 'signing.failed' });
  });

  test('provenance is no signature to us, while cosign counts whatever the key has signed', async () => {
    const { place, subject } = await store(own.privateKey, {
      statement: (all) => ({ ...all, predicateType: 'https://slsa.dev/provenance/v1' }),
    });
    expect(await ours(place, subject, own)).toMatchObject({ verified: [], rejected: [] });
    expect(await theirs(place, subject, own)).toMatchObject({ accepted: true });
  });
});

test('signatures of both formats, ours and those of the real tools, stand side by side on one artifact, whose index cosign rewrote', async () => {
  const place = repositories.tag;
  const subject = await pushSubject(place, 'index');
  const [own, other] = [filesOf(ecKeys()), filesOf(await rsaKeys(2048))];
  const chain = await issueChain();
  const notation = openNotation();
  try {
    trustStrictly(notation, [{ repository: place, roots: [chain.root.certificate] }]);
    notation.addKey('theirs', chain.leaf, chain.certificates);
    const { repository } = place;
    const bySelf = await signAndAttach(attach, { repository, subject, chain });
    const { signature } = await weSign(place, subject, own);
    expect(await theySign(place, subject, other)).toMatchObject({ accepted: true });
    const reference = `${place.name}@${subject.digest}`;
    expect(await notation.run('sign', reference)).toMatchObject({ accepted: true });

    const index = JSON.parse(Buffer.from(await place.fetchManifest(fallbackTag(subject))).toString());
    expect(index.manifests).toHaveLength(4);
    expect(index.manifests).toContainEqual(
      expect.objectContaining({ digest: signature, artifactType: bundleType }),
    );
    expect(await notation.verify(reference)).toMatchObject({ accepted: true });
    for (const key of [own, other]) {
      expect(await theirs(place, subject, key)).toMatchObject({ accepted: true });
      expect(await ours(place, subject, key)).toMatchObject({
        verified: [{ keyPath: key.pubPath }],
        rejected: [{ reason: 'signature.wrong' }],
      });
    }
    const trust = await loadTrust(notation);
    const { verified, rejected } = await verifyImage({
      registry: client.registry,
      repository,
      descriptor: subject,
      trust,
      now: new Date(),
    });
    expect({ count: verified.length, rejected }).toEqual({ count: 2, rejected: [] });
    expect(verified).toContainEqual(expect.objectContaining({ digest: bySelf.digest }));
  } finally {
    notation.dispose();
  }
});
