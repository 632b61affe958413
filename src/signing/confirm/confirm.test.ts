import { beforeAll, describe, expect, test } from 'vitest';
import { type Chain, ecKeys, issueChain, issuedAt } from '../../../test/fakes/signing/certificates.ts';
import { pemOf, trusted, writeTestFile } from '../../../test/fakes/signing/cosign-keys.ts';
import { keySourceOf, openSigningStand } from '../../../test/fakes/signing/signing-stand.ts';
import { digestOf } from '../../oci/index.ts';
import type { SigningOutcome } from '../../signers/index.ts';
import { cosignSigner } from '../cosign/cosign-signer.ts';
import { leafThumbprint, notationSigner } from '../notation/notation-signer.ts';
import { trustOnly } from '../trust/trust-only.ts';
import type { VerifiedSignature } from '../verify/verification.ts';
import { confirmCosign } from './confirm-cosign.ts';
import { confirmNotation } from './confirm-notation.ts';
import { confirmOrder } from './confirm-order.ts';
import { signedBy } from './signed-by.ts';

let own: Chain;
let other: Chain;

beforeAll(async () => {
  [own, other] = await Promise.all([issueChain(), issueChain()]);
});

const trustIn = (chain: Chain) => trustOnly([chain.root.certificate]);

async function open() {
  const stand = await openSigningStand();
  const clock = { now: issuedAt.getTime() };
  const ports = { ...stand, clock: () => new Date(clock.now), warn: () => undefined };
  const sign = (chain: Chain) =>
    notationSigner(
      { name: 'own', key: keySourceOf(chain), format: 'jws', signingAgent: 'image-builder/1' },
      ports,
    ).sign(stand.target);
  return { ...ports, time: clock, sign };
}

const ordered: SigningOutcome = { state: 'requested', reused: false };

describe('a signature of the embedded signer', () => {
  test('is found again, and judged by its own authority when nobody says whom to trust', async () => {
    const { sign, target, ...ports } = await open();
    const outcome = await sign(own);
    const confirm = confirmNotation({ name: 'own', key: keySourceOf(own), trust: undefined }, ports);
    expect(await confirm(target, outcome)).toEqual({
      digest: outcome.signature,
      signedBy: 'C=DE, ST=BW, O=Test, CN=Leaf',
      signingTime: issuedAt,
    });
  });

  test('does not count by the trust policy of somebody else, although another one does', async () => {
    const { sign, target, ...ports } = await open();
    await sign(other);
    const outcome = await sign(own);
    const confirm = confirmNotation({ name: 'own', key: keySourceOf(own), trust: trustIn(other) }, ports);
    await expect(confirm(target, outcome)).rejects.toMatchObject({
      code: 'signing.failed',
      message: expect.stringMatching(/its signature of ".*" does not count: .*no trust store/),
    });
  });

  test('that is not listed is missing', async () => {
    const { target, ...ports } = await open();
    const confirm = confirmNotation({ name: 'own', key: keySourceOf(own), trust: trustIn(own) }, ports);
    const lost: SigningOutcome = { state: 'attached', signature: digestOf('lost'), reused: false };
    await expect(confirm(target, lost)).rejects.toMatchObject({
      code: 'signing.failed',
      message: expect.stringContaining('the registry lists no such signature'),
    });
  });
});

describe('a signature that a service was asked for', () => {
  interface Waiting {
    readonly isExpected?: (signature: VerifiedSignature) => boolean;
    readonly atLook?: number;
    readonly by?: Chain;
    /** Whose signature is there before. */
    readonly before?: Chain;
  }

  async function waiting({ isExpected = () => true, atLook, by = own, before }: Waiting = {}) {
    const { sign, time, ...ports } = await open();
    if (before !== undefined) await sign(before);
    const pauses: number[] = [];
    const sleep = async (milliseconds: number) => {
      pauses.push(milliseconds);
      time.now += milliseconds;
      if (pauses.length === atLook) await sign(by);
    };
    const confirm = confirmOrder(
      { name: 'service', trust: trustIn(own), isExpected: async (signature) => isExpected(signature) },
      { ...ports, sleep, signal: undefined },
    );
    return { confirmed: confirm(ports.target, ordered), pauses, ports, sign };
  }

  test('is waited for, with longer and longer pauses', async () => {
    const { confirmed, pauses } = await waiting({ atLook: 6 });
    expect(await confirmed).toMatchObject({ signedBy: 'C=DE, ST=BW, O=Test, CN=Leaf' });
    expect(pauses).toEqual([250, 500, 1000, 2000, 4000, 4000]);
  });

  test('that does not come within a minute is worth another try', async () => {
    const { confirmed, pauses } = await waiting();
    await expect(confirmed).rejects.toMatchObject({
      code: 'signing.unavailable',
      message: expect.stringMatching(
        /"service" took the order, but after 1 min .* has no signature that counts/,
      ),
      hint: expect.stringContaining('read-back'),
    });
    expect(pauses.reduce((sum, pause) => sum + pause, 0)).toBeLessThan(70_000);
  });

  test('by nobody who is trusted is a failure', async () => {
    const { confirmed } = await waiting({ atLook: 1, by: other });
    await expect(confirmed).rejects.toMatchObject({
      code: 'signing.failed',
      message: expect.stringContaining('no trust store'),
    });
  });

  test('is not proven by a signature of our own', async () => {
    const { key } = await keySourceOf(own).open();
    const isExpected = ({ thumbprint }: VerifiedSignature) => thumbprint !== leafThumbprint(key);
    const { confirmed } = await waiting({ atLook: 1, isExpected });
    await expect(confirmed).rejects.toMatchObject({ code: 'signing.unavailable' });
  });

  test('is told from those of others by its subject', async () => {
    const subject = 'C=DE, ST=BW, O=Test';
    const mine = await waiting({ atLook: 1, isExpected: signedBy('service', `${subject}, CN=Leaf`) });
    expect(await mine.confirmed).toMatchObject({ signedBy: `${subject}, CN=Leaf` });
    const foreign = await waiting({ atLook: 1, isExpected: signedBy('service', `${subject}, CN=Other`) });
    await expect(foreign.confirmed).rejects.toMatchObject({ code: 'signing.unavailable' });
    expect(() => signedBy('service', 'CN=Other')).toThrow(
      expect.objectContaining({ code: 'config.invalid', message: expect.stringContaining('lacks C, ST, O') }),
    );
  });

  test('is not to blame for what was there before it', async () => {
    const { confirmed } = await waiting({ before: other });
    await expect(confirmed).rejects.toMatchObject({
      code: 'signing.unavailable',
      message: expect.stringContaining('lists no such signature'),
    });
  });

  test('is not waited for by a policy that verifies nothing', async () => {
    const { target, ...ports } = await open();
    const [policy] = trustIn(own).policies;
    if (policy === undefined) throw new Error('no policy');
    const trust = { path: '', policies: [{ ...policy, level: 'skip' as const }] };
    const sleep = async () => {
      throw new Error('slept');
    };
    const confirm = confirmOrder(
      { name: 'service', trust, isExpected: async () => true },
      { ...ports, sleep, signal: undefined },
    );
    await expect(confirm(target, ordered)).rejects.toMatchObject({
      code: 'signing.failed',
      message: expect.stringContaining('verifies nothing'),
    });
  });
});

describe('a signature of the cosign signer', () => {
  test('is found again by its own key, or by those that verifiers trust', async () => {
    const { target, ...ports } = await open();
    const [keys, stranger] = [ecKeys(), ecKeys()];
    const files = { name: 'own', keyPath: writeTestFile(pemOf(keys).key) };
    const outcome = await cosignSigner(files, ports).sign(target);
    const signedBy = `SHA256:${trusted(keys).fingerprint}`;
    const found = { digest: outcome.signature, signedBy };
    expect(await confirmCosign({ ...files, trusted: [] }, ports)(target, outcome)).toEqual(found);
    const both = [trusted(stranger), trusted(keys)];
    expect(await confirmCosign({ ...files, trusted: both }, ports)(target, outcome)).toEqual(found);
    const refused = confirmCosign({ ...files, trusted: [trusted(stranger)] }, ports)(target, outcome);
    await expect(refused).rejects.toMatchObject({
      code: 'signing.failed',
      message: expect.stringMatching(/its signature of ".*" does not count/),
    });
  });
});
