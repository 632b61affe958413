import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createPayload, openEnvelope, readPayload, verifyTimestamp } from '../../src/signing/index.ts';
import { type Chain, issueChain, issuedAt } from '../fakes/signing/certificates.ts';
import { forgeCose } from '../fakes/signing/forge-cose.ts';
import { forgeJws } from '../fakes/signing/forge-jws.ts';
import { certificateForgeries } from '../fakes/signing/forgeries-certificates.ts';
import { coseForgeries } from '../fakes/signing/forgeries-cose.ts';
import { jwsForgeries } from '../fakes/signing/forgeries-jws.ts';
import { timestampForgeries } from '../fakes/signing/forgeries-timestamp.ts';
import { openStage, type Stage } from '../fakes/signing/forgery.ts';
import { chainsOf, type KeyKind, keyKinds } from '../fakes/signing/key-kinds.ts';
import {
  answer,
  openTimestampAuthority,
  type TimestampAuthority,
} from '../fakes/signing/timestamp-authority.ts';
import { uniqueName } from '../journeys/stage.ts';
import { openNotation, pemOf, trustStrictly, type Verdict } from './judges.ts';
import {
  emptyConfig,
  fallbackTag,
  openRepository,
  pushSubject,
  signatureManifest,
} from './test-repository.ts';

const unstamped = openRepository(uniqueName('signatures'));
const stamped = openRepository(uniqueName('timestamps'));
const formats = ['jws', 'cose'] as const;
const notation = openNotation();

let tsa: TimestampAuthority;
let chains: Readonly<Record<KeyKind, Chain>>;

beforeAll(async () => {
  const [authorities, timestamps] = await Promise.all([issueChain(), openTimestampAuthority()]);
  // What all signatures of notation share; the registry stumbles over parallel uploads of one blob.
  for (const repository of [unstamped, stamped]) await repository.pushBlob(emptyConfig);
  tsa = timestamps;
  const roots = [authorities.root.certificate];
  trustStrictly(notation, [
    { repository: unstamped, roots },
    { repository: stamped, roots, timestampRoots: [tsa.root.certificate] },
  ]);
  chains = await chainsOf(authorities, keyKinds);
});

afterAll(() => notation.dispose());

describe('what the real notation signs, we open:', () => {
  const rows = formats.flatMap((format) => keyKinds.map((kind) => ({ format, kind })));

  beforeAll(() => {
    for (const kind of keyKinds) {
      const { leaf, certificates } = chains[kind];
      notation.addKey(kind.replace(' ', '-'), leaf, certificates);
    }
  });

  async function openSignature(repository: typeof unstamped, subject: Parameters<typeof fallbackTag>[0]) {
    const index = JSON.parse(Buffer.from(await repository.fetchManifest(fallbackTag(subject))).toString());
    const manifest = JSON.parse(
      Buffer.from(await repository.fetchManifest(index.manifests[0].digest)).toString(),
    );
    const [{ digest, mediaType }] = manifest.layers;
    return openEnvelope(await repository.fetchBlob(digest), mediaType);
  }

  test.concurrent.each(rows)('$format with a key of kind $kind', async ({ format, kind }) => {
    const subject = await pushSubject(unstamped, 'index');
    const key = ['--key', kind.replace(' ', '-'), '--signature-format', format];
    const reference = `${unstamped.name}@${subject.digest}`;
    const signed = await notation.run('sign', ...key, '--user-metadata', 'commit=0123abc', reference);
    expect(signed.accepted, signed.words).toBe(true);
    const opened = await openSignature(unstamped, subject);
    expect(opened).toMatchObject({ format, scheme: 'notary.x509' });
    expect(opened.chain[0]?.subject).toBe(`C=DE, ST=BW, O=Test, CN=${kind}`);
    const { digest, size, annotations } = readPayload(opened.payload);
    expect({ digest, size, annotations }).toEqual({
      digest: subject.digest,
      size: subject.size,
      annotations: { commit: '0123abc' },
    });
  });

  test.each(formats)('%s with a timestamp of an authority that both trust, and an expiry', async (format) => {
    const server = createServer(async (request, response) => {
      const body = Buffer.concat(await Array.fromAsync(request));
      response.setHeader('content-type', 'application/timestamp-reply').end(answer(tsa, body));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    try {
      const subject = await pushSubject(stamped, 'manifest');
      const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
      const root = notation.write('tsa-root.pem', pemOf([tsa.root.certificate]));
      const stamping = ['--timestamp-url', url, '--timestamp-root-cert', root, '--expiry', '24h'];
      const key = ['--key', 'P-256', '--signature-format', format];
      const signed = await notation.run('sign', ...key, ...stamping, `${stamped.name}@${subject.digest}`);
      expect(signed.accepted, signed.words).toBe(true);
      const { timestampToken: token, signature, expiry } = await openSignature(stamped, subject);
      expect(expiry?.getTime()).toBeGreaterThan(issuedAt.getTime());
      expect(token).toBeDefined();
      if (token)
        expect(verifyTimestamp({ token, signature, roots: [tsa.root.certificate] }).latest).toEqual(issuedAt);
    } finally {
      server.close();
    }
  });
});

describe.concurrent('a forgery that we reject, the real notation rejects too, or we say why not:', () => {
  type Make = (stage: Stage) => Promise<Uint8Array> | Uint8Array;

  async function judge(mediaType: string, make: Make) {
    const subject = await pushSubject(unstamped, 'manifest');
    const envelope = await make(await stageFor(createPayload(subject, {})));
    await unstamped.attach(subject, { manifest: signatureManifest(subject, envelope, mediaType), envelope });
    return { envelope, verdict: await notation.verify(`${unstamped.name}@${subject.digest}`) };
  }

  const stageFor = (payload: Uint8Array) =>
    openStage({ payload, signingTime: issuedAt, chain: chains['P-256'] });

  test('the signatures that all forgeries are made from are right', async () => {
    const [jwsType, coseType] = ['application/jose+json', 'application/cose'] as const;
    const jws = await judge(jwsType, ({ material }) => forgeJws(material));
    const cose = await judge(coseType, ({ material }) => forgeCose(material));
    expect([jws.verdict.accepted, cose.verdict.accepted]).toEqual([true, true]);
    await openEnvelope(jws.envelope, jwsType);
    await openEnvelope(cose.envelope, coseType);
  });

  test.each([...jwsForgeries, ...coseForgeries, ...certificateForgeries])(
    '$mediaType: $title ($reason)',
    async ({ mediaType, reason, differs, make }) => {
      const { envelope, verdict } = await judge(mediaType, make);
      await expect(openEnvelope(envelope, mediaType)).rejects.toMatchObject({ reason });
      expectVerdict(verdict, differs);
    },
  );

  test.each(timestampForgeries)('a timestamp $title', async ({ differs, make }) => {
    const subject = await pushSubject(stamped, 'manifest');
    const { material } = await stageFor(createPayload(subject, {}));
    const plain = await openEnvelope(forgeJws(material), 'application/jose+json');
    const token = await make(tsa, plain.signature);
    const envelope = forgeJws(material, {
      sign: () => plain.signature,
      unprotected: (all) => ({
        ...all,
        'io.cncf.notary.timestampSignature': Buffer.from(token).toString('base64'),
      }),
    });
    await stamped.attach(subject, {
      manifest: signatureManifest(subject, envelope, 'application/jose+json'),
      envelope,
    });
    const opened = await openEnvelope(envelope, 'application/jose+json');
    expect(() =>
      verifyTimestamp({ token, signature: opened.signature, roots: [tsa.root.certificate] }),
    ).toThrow(expect.objectContaining({ reason: 'timestamp.wrong' }));
    const verdict = await notation.verify(`${stamped.name}@${subject.digest}`);
    expectVerdict(verdict, differs);
  });

  /** Rejected for the signature that it found, and not because it found none. */
  function expectVerdict({ accepted, words }: Verdict, differs: string | undefined) {
    expect(accepted, words).toBe(differs !== undefined);
    if (!accepted) expect(words).toContain('verification failed for all the signatures');
  }
});
