import { symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { chainsOf } from '../fakes/signing/key-kinds.ts';
import { uniqueName } from '../journeys/stage.ts';
import { openNotation } from './judges.ts';
import { openProductClient } from './product-client.ts';
import { attachmentSituations } from './situations/attachments.ts';
import { documentSituations } from './situations/documents.ts';
import { identitySituations } from './situations/identities.ts';
import { levelSituations } from './situations/levels.ts';
import { openScene, type Scene } from './situations/scene.ts';
import { scopeSituations } from './situations/scopes.ts';
import { right, type Sign } from './situations/sign.ts';
import { type Policy, policies, type Situation } from './situations/situation.ts';
import { storeSituations } from './situations/stores.ts';
import { timestampSituations } from './situations/timestamps.ts';
import { writeTrustStores } from './situations/trust-stores.ts';
import { ourVerdict, type Question, verdictOfNotation } from './situations/verdicts.ts';
import { childOf, openRepository, pushSubject, type TestRepository } from './test-repository.ts';

const { registry, close } = openProductClient();
const notation = openNotation();
const tool = openRepository(uniqueName('verification-tool'));
let scene: Scene;
let usual: Pick<Question, 'place' | 'artifact'>;

beforeAll(async () => {
  scene = await openScene();
  await writeTrustStores(notation, scene);
  notation.write('trustpolicy.json', JSON.stringify(policies(rightPolicy(tool))));
  usual = await signedBy([right]);
});

afterAll(async () => {
  notation.dispose();
  await Promise.all([close(), scene.close()]);
});

function rightPolicy({ name }: TestRepository): Policy {
  return {
    name: 'image',
    registryScopes: [name],
    signatureVerification: { level: 'strict' },
    trustStores: ['ca:own'],
    trustedIdentities: ['*'],
  };
}

/** An artifact in a repository of its own with these signatures. */
async function signedBy(signs: readonly Sign[]) {
  const place = openRepository(uniqueName('verification'));
  const artifact = await pushSubject(place, 'manifest');
  const signatures = await Promise.all(signs.map((sign) => sign(scene, artifact)));
  if (signatures.length > 0) await place.attach(artifact, ...signatures);
  return { place, artifact };
}

/** The trust policy of a situation over the trust stores of all of them. */
function trustOf({ policy = {}, document = (one) => policies(one) }: Situation, place: TestRepository) {
  const own = openNotation();
  const changes = typeof policy === 'function' ? policy(place.name) : policy;
  const content = document({ ...rightPolicy(place), ...changes });
  symlinkSync(join(notation.directory, 'truststore'), join(own.directory, 'truststore'));
  if (content !== undefined)
    own.write('trustpolicy.json', typeof content === 'string' ? content : JSON.stringify(content));
  return own;
}

async function verdictsOf(question: Question) {
  const [ours, theirs] = await Promise.all([ourVerdict(registry, question), verdictOfNotation(question)]);
  return { ours, notation: theirs };
}

const isAccepted = (verdict: string) => verdict.startsWith('accepted');

function likeOurs(verdict: string) {
  if (isAccepted(verdict)) return verdict;
  const [reason = '', words = ''] = verdict.split(': ').map((text) => text.replaceAll(/\W/g, '\\$&'));
  return expect.stringMatching(new RegExp(`^${reason}.*${words}`, 'm'));
}

function likeNotations(verdict: string) {
  return isAccepted(verdict) ? verdict : expect.stringContaining(verdict);
}

const tables = [
  ['a level', levelSituations],
  ['a scope', scopeSituations],
  ['an identity', identitySituations],
  ['a trust store', storeSituations],
  ['a timestamp that is asked for', timestampSituations],
  ['what is attached', attachmentSituations],
  ['a trust policy document', documentSituations],
] as const;

describe.concurrent.each(tables)('the real notation and we say the same, or why not, to %s:', (_, table) => {
  test.each(table)('$title', async (situation) => {
    const { ours, notation: theirs, differs, signed } = situation;
    expect(isAccepted(ours) !== isAccepted(theirs), 'the row says why').toBe(differs !== undefined);
    const { place, artifact } = signed === undefined ? usual : await signedBy(signed);
    const trust = trustOf(situation, place);
    try {
      const verdicts = await verdictsOf({ notation: trust, place, artifact });
      expect(verdicts).toEqual({ ours: likeOurs(ours), notation: likeNotations(theirs) });
    } finally {
      trust.dispose();
    }
  });
});

describe.concurrent('what the real notation signs, we accept:', () => {
  const kinds = ['P-384', 'RSA 3072'] as const;
  const subjects = ['manifest', 'index', 'docker manifest', 'docker list'] as const;
  const rows = (['jws', 'cose'] as const).flatMap((format) =>
    kinds.flatMap((kind) => subjects.map((subject) => ({ format, kind, subject }))),
  );
  const unsigned = {
    ours: 'nothing verified',
    notation: expect.stringContaining('no signature is associated with'),
  };

  beforeAll(async () => {
    const chains = await chainsOf(scene.own, kinds);
    for (const kind of kinds) {
      const { leaf, certificates } = chains[kind];
      notation.addKey(nameOf(kind), leaf, certificates);
    }
  });

  const nameOf = (kind: string) => kind.replace(' ', '-');

  async function sign(digest: string, kind = 'P-384', format = 'jws') {
    const key = ['--key', nameOf(kind), '--signature-format', format];
    const signed = await notation.run('sign', ...key, `${tool.name}@${digest}`);
    expect(signed.accepted, signed.words).toBe(true);
  }

  test.each(rows)('$format with a key of kind $kind over a $subject', async ({ format, kind, subject }) => {
    const artifact = await pushSubject(tool, subject);
    await sign(artifact.digest, kind, format);
    expect(await verdictsOf({ notation, place: tool, artifact })).toEqual({
      ours: 'accepted',
      notation: 'accepted',
    });
  });

  test('the manifest of a platform is not signed by the signature of its index', async () => {
    const index = await pushSubject(tool, 'index');
    await sign(index.digest);
    const artifact = await childOf(tool, index);
    expect(await verdictsOf({ notation, place: tool, artifact })).toEqual(unsigned);
  });

  test('an index is not signed by the signature of a manifest in it', async () => {
    const artifact = await pushSubject(tool, 'index');
    const child = await childOf(tool, artifact);
    await sign(child.digest);
    expect(await verdictsOf({ notation, place: tool, artifact })).toEqual(unsigned);
    expect(await verdictsOf({ notation, place: tool, artifact: child })).toMatchObject({ ours: 'accepted' });
  });
});
