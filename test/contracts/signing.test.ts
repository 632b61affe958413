import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Descriptor } from '../../src/oci/index.ts';
import { referrerAttacher } from '../../src/registry/index.ts';
import { loadTrust, requestTimestamp, type Trust, verifyImage } from '../../src/signing/index.ts';
import { type ReferrersProxy, startReferrersProxy } from '../fakes/registry/referrers-proxy.ts';
import { type Chain, issueChain } from '../fakes/signing/certificates.ts';
import { chainsOf, type KeyKind, keyKinds } from '../fakes/signing/key-kinds.ts';
import {
  answer,
  openTimestampAuthority,
  type TimestampAuthority,
} from '../fakes/signing/timestamp-authority.ts';
import { registry, uniqueName } from '../journeys/stage.ts';
import { openNotation, trustStrictly } from './judges.ts';
import { openProductClient } from './product-client.ts';
import { signAndAttach } from './sign-and-attach.ts';
import { fallbackTag, openRepository, pushSubject, type TestRepository } from './test-repository.ts';

const formats = ['jws', 'cose'] as const;
const subjectKinds = ['manifest', 'index', 'docker list'] as const;
const discoveries = ['tag', 'API'] as const;

const notation = openNotation();
const client = openProductClient();
// Nobody else signs these artifacts, so that there is nothing to wait for.
const attach = referrerAttacher({ registry: client.registry, random: () => 0, sleep: async () => {} });

let proxy: ReferrersProxy;
let repositories: Readonly<Record<(typeof discoveries)[number] | 'stamped', TestRepository>>;
let tsa: TimestampAuthority;
let chains: Readonly<Record<KeyKind, Chain>>;
let trust: Trust;

beforeAll(async () => {
  const [authorities, timestamps] = await Promise.all([issueChain(), openTimestampAuthority()]);
  tsa = timestamps;
  proxy = await startReferrersProxy(registry);
  const name = uniqueName('signing');
  repositories = {
    tag: openRepository(name),
    API: openRepository(name, proxy.name),
    stamped: openRepository(`${name}-stamped`),
  };
  const roots = [authorities.root.certificate];
  trustStrictly(notation, [
    { repository: repositories.tag, roots },
    { repository: repositories.API, roots },
    { repository: repositories.stamped, roots, timestampRoots: [tsa.root.certificate] },
  ]);
  trust = await loadTrust(notation);
  chains = await chainsOf(authorities, keyKinds);
});

afterAll(async () => {
  notation.dispose();
  await Promise.all([client.close(), proxy.close()]);
});

function ours({ repository }: TestRepository, descriptor: Descriptor) {
  return verifyImage({ registry: client.registry, repository, descriptor, trust, now: new Date() });
}

describe.concurrent('what we sign and attach, the real notation verifies strictly, and so do we:', () => {
  const apiKinds = ['P-256', 'P-384', 'RSA 3072', 'RSA 4096'] as const;
  const rows = discoveries.flatMap((discovery) =>
    formats.flatMap((format) =>
      (discovery === 'API' ? apiKinds : keyKinds).flatMap((kind) =>
        subjectKinds.map((what) => ({ discovery, format, kind, what })),
      ),
    ),
  );
  const metadata = { commit: '0123abc' };

  test.each(rows)(
    '$format with a key of kind $kind over a $what, found through the $discovery',
    async ({ discovery, format, kind, what }) => {
      const place = repositories[discovery];
      const subject = await pushSubject(place, what);
      const order = { repository: place.repository, subject, metadata, format, chain: chains[kind] };
      const signed = await signAndAttach(attach, order);

      const reference = `${place.name}@${subject.digest}`;
      expect(await notation.run('verify', '--user-metadata', 'commit=0123abc', reference)).toMatchObject({
        accepted: true,
      });
      expect(await ours(place, subject)).toMatchObject({
        verified: [{ digest: signed.digest, format, metadata, logged: [] }],
        rejected: [],
      });
      const tag = place.fetchManifest(fallbackTag(subject));
      if (discovery === 'tag') await expect(tag).resolves.toBeDefined();
      else await expect(tag).rejects.toThrow('404');
    },
  );

  test.each(formats)('%s, and the metadata is what was signed', async (format) => {
    const place = repositories.tag;
    const subject = await pushSubject(place, 'index');
    const order = { repository: place.repository, subject, metadata, format, chain: chains['P-256'] };
    await signAndAttach(attach, order);
    const reference = `${place.name}@${subject.digest}`;
    expect(
      await notation.run('verify', '--verbose', '--user-metadata', 'commit=other', reference),
    ).toMatchObject({
      accepted: false,
      words: expect.stringContaining('metadata'),
    });
  });

  test.each(formats)('%s with a timestamp', async (format) => {
    const place = repositories.stamped;
    const subject = await pushSubject(place, 'index');
    const authority = {
      url: 'https://tsa.example',
      roots: [tsa.root.certificate],
      nonce: () => new Uint8Array(8),
      send: async (_: string, request: Uint8Array) => answer(tsa, request),
    };
    await signAndAttach(attach, {
      repository: place.repository,
      subject,
      format,
      chain: chains['P-384'],
      timestamp: (signature, { hash }) => requestTimestamp(authority, signature, hash),
    });
    expect(await notation.verify(`${place.name}@${subject.digest}`)).toMatchObject({ accepted: true });
    expect(await ours(place, subject)).toMatchObject({ verified: [{ timestamp: expect.anything() }] });
  });
});
