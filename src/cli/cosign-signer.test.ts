import { describe, expect, test } from 'vitest';
import { ecKeys } from '../../test/fakes/signing/certificates.ts';
import { pemOf, trusted, writeTestFile } from '../../test/fakes/signing/cosign-keys.ts';
import { openSigningStand } from '../../test/fakes/signing/signing-stand.ts';
import { openCosignSigner } from './cosign-signer.ts';

const [own, other] = [ecKeys(), ecKeys()];

async function check(publicKey: string | undefined, trust: readonly ReturnType<typeof trusted>[]) {
  const stand = await openSigningStand();
  const stage = { ...stand, warn: () => undefined, cosignKeys: trust, resolvePath: (path: string) => path };
  const config = { key: writeTestFile(pemOf(own).key), ...(publicKey === undefined ? {} : { publicKey }) };
  return openCosignSigner(stage, { name: 'own', type: 'cosign', jobTypes: [], config }).checkJudge();
}

describe('the keys of a cosign signer', () => {
  test('are in order when they belong together and are trusted', async () => {
    await check(writeTestFile(pemOf(own).pub), [trusted(other), trusted(own)]);
    await check(undefined, []);
  });

  test.each([
    ['its public key is another one', pemOf(other).pub, [], 'does not belong to its "key"'],
    ['nobody trusts it', pemOf(own).pub, [trusted(other)], 'is not among "trust.cosign-keys"'],
  ])('are refused where %s', async (_, publicKey, trust, message) => {
    const problems = [expect.objectContaining({ message: expect.stringContaining(message) })];
    await expect(check(writeTestFile(publicKey), trust)).rejects.toMatchObject({
      code: 'config.invalid',
      details: { problems },
    });
  });
});
