import { setTimeout } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Descriptor } from '../../src/oci/index.ts';
import { listReferrers, referrerAttacher } from '../../src/registry/index.ts';
import { loadTrust, verifyImage } from '../../src/signing/index.ts';
import { type ReferrersProxy, startReferrersProxy } from '../fakes/registry/referrers-proxy.ts';
import { type Chain, issueChain } from '../fakes/signing/certificates.ts';
import { registry, uniqueName } from '../journeys/stage.ts';
import { openNotation, oras, trustStrictly } from './judges.ts';
import { openProductClient } from './product-client.ts';
import { signAndAttach } from './sign-and-attach.ts';
import { fallbackTag, openRepository, pushSubject, type TestRepository } from './test-repository.ts';

const parallel = Array.from({ length: 8 }, (_, at) => at);
const clients = parallel.map(openProductClient);
const [client] = clients as [(typeof clients)[0]];
const notation = openNotation();

let proxy: ReferrersProxy;
let places: Readonly<Record<'tag' | 'API', TestRepository>>;
let chain: Chain;

beforeAll(async () => {
  [chain, proxy] = await Promise.all([issueChain(), startReferrersProxy(registry, { pageSize: 3 })]);
  const name = uniqueName('referrers');
  places = { tag: openRepository(name), API: openRepository(name, proxy.name) };
  const roots = [chain.root.certificate];
  trustStrictly(
    notation,
    Object.values(places).map((repository) => ({ repository, roots })),
  );
});

afterAll(async () => {
  notation.dispose();
  await Promise.all([proxy.close(), ...clients.map(({ close }) => close())]);
});

/** As a process of its own has it. */
function attacherOf({ registry }: typeof client) {
  const sleep = (milliseconds: number) => setTimeout(milliseconds);
  return referrerAttacher({ registry, random: Math.random, sleep });
}

const digestsOf = (descriptors: readonly Pick<Descriptor, 'digest'>[]) =>
  descriptors.map(({ digest }) => digest).toSorted();

const rows = (['tag', 'API'] as const).flatMap((discovery) => [
  { discovery, signers: 'eight signers of one process', attachers: () => [attacherOf(client)] },
  { discovery, signers: 'eight signers of a process each', attachers: () => clients.map(attacherOf) },
]);

describe('of parallel signers of one artifact no signature is lost:', () => {
  test.each(rows)('$signers, through the $discovery', async ({ discovery, attachers: open }) => {
    const place = places[discovery];
    const { repository } = place;
    const subject = await pushSubject(place, 'index');
    const attachers = open();
    const signing = parallel.map((at) => {
      const attach = attachers[at % attachers.length] as (typeof attachers)[0];
      return signAndAttach(attach, { repository, subject, chain, metadata: { signer: `${at}` } });
    });
    const signed = digestsOf(await Promise.all(signing));
    expect(new Set(signed).size).toBe(parallel.length);

    const reference = `${place.name}@${subject.digest}`;
    const discovered = JSON.parse(await oras('discover', '--plain-http', '--format', 'json', reference));
    expect(digestsOf(discovered.referrers ?? discovered.manifests)).toEqual(signed);
    const listed = await listReferrers(client.registry, { repository, subject: subject.digest });
    expect(digestsOf(listed)).toEqual(signed);
    const tag = place.fetchManifest(fallbackTag(subject));
    if (discovery === 'API') await expect(tag).rejects.toThrow('404');
    else {
      const index = JSON.parse(Buffer.from(await tag).toString());
      expect(digestsOf(index.manifests)).toEqual(signed);
    }

    const trust = await loadTrust(notation);
    const { verified } = await verifyImage({
      registry: client.registry,
      repository,
      descriptor: subject,
      trust,
      now: new Date(),
    });
    expect(digestsOf(verified)).toEqual(signed);
    for (const at of parallel)
      expect(await notation.run('verify', '--user-metadata', `signer=${at}`, reference)).toMatchObject({
        accepted: true,
      });
    expect(await notation.run('verify', '--user-metadata', 'signer=8', reference)).toMatchObject({
      accepted: false,
    });
  });
});
