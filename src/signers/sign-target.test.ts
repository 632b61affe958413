import { describe, expect, test } from 'vitest';
import { ImageBuilderError } from '../core/index.ts';
import { digestOf, maxTagLength, mediaTypes } from '../oci/index.ts';
import { type ConfiguredSigner, signTarget, worstOf } from './sign-target.ts';
import type { ConfirmedSignature, SigningOutcome } from './signer.ts';
import { signingTargets } from './signing-targets.ts';

const repository = { registry: 'r.example.com', path: 'team/app' };
const descriptor = (name: string) => ({
  mediaType: mediaTypes.ociManifest,
  digest: digestOf(name),
  size: name.length,
});
const target = { repository, descriptor: descriptor('root'), tags: ['v1'], metadata: {} };

interface Behaviour {
  readonly outcome?: SigningOutcome | Error;
  readonly confirmed?: ConfirmedSignature | Error | undefined;
}

const attached: SigningOutcome = { state: 'attached', signature: digestOf('s'), reused: false };

function signer(name: string, { outcome = attached, confirmed }: Behaviour): ConfiguredSigner {
  const giving = async <T>(value: T | Error): Promise<T> => {
    if (value instanceof Error) throw value;
    return value;
  };
  return {
    signer: { name, kind: 'notation', check: async () => {}, sign: () => giving(outcome) },
    confirm: () => giving(confirmed),
  };
}

const fault = (code: 'signing.failed' | 'signing.unavailable') =>
  new ImageBuilderError(code, code, { signer: 'a', failed: [] });

describe('signTarget', () => {
  test('calls only what was found again verified', async () => {
    const found = { digest: digestOf('s'), signedBy: 'CN=a', signingTime: new Date(0) };
    const made = await signTarget(
      [
        signer('a', { confirmed: found }),
        signer('b', { outcome: { state: 'requested', reused: false }, confirmed: undefined }),
      ],
      target,
    );
    expect(made).toEqual({
      signatures: [
        {
          signer: 'a',
          kind: 'notation',
          state: 'verified',
          reused: false,
          signature: found.digest,
          signedBy: 'CN=a',
          signingTime: found.signingTime,
        },
        { signer: 'b', kind: 'notation', state: 'requested', reused: false },
      ],
    });
  });

  test.each([
    ['signs', { outcome: fault('signing.failed') }],
    ['is found again', { confirmed: fault('signing.failed') }],
  ])(
    'fails when one of several signers fails before it %s, and keeps what the others made',
    async (_, behaviour) => {
      expect(await signTarget([signer('a', {}), signer('b', behaviour)], target)).toMatchObject({
        signatures: [{ signer: 'a' }],
        failure: { error: { code: 'signing.failed' } },
      });
    },
  );

  test('tells of the failure that a retry cannot mend', async () => {
    const late = signer('a', { outcome: fault('signing.unavailable') });
    const final = signer('b', { outcome: fault('signing.failed') });
    expect(await signTarget([late, final], target)).toMatchObject({
      signatures: [],
      failure: { error: { code: 'signing.failed' } },
    });
    expect(worstOf([fault('signing.unavailable')])).toMatchObject({ code: 'signing.unavailable' });
    const bug = new TypeError('x');
    expect(worstOf([fault('signing.unavailable'), bug])).toBe(bug);
  });
});

describe('signingTargets', () => {
  const root = descriptor('root');
  const [arm, amd] = [descriptor('arm'), descriptor('amd')];

  test('are the index by its tags, and each platform by tags that name it', () => {
    const platforms = [
      { platform: 'linux/arm/v7', descriptor: arm },
      { platform: 'linux/amd64', descriptor: amd },
    ];
    const targets = signingTargets({
      repository,
      root,
      platforms,
      tags: ['v1', 'latest'],
      metadata: { a: 'b' },
    });
    const shared = { repository, metadata: { a: 'b' } };
    expect(targets).toEqual([
      { ...shared, descriptor: root, tags: ['v1', 'latest'] },
      {
        ...shared,
        descriptor: arm,
        platform: 'linux/arm/v7',
        tags: ['v1-linux-arm-v7', 'latest-linux-arm-v7'],
      },
      { ...shared, descriptor: amd, platform: 'linux/amd64', tags: ['v1-linux-amd64', 'latest-linux-amd64'] },
    ]);
  });

  test('are one for an image of a single platform', () => {
    const platforms = [{ platform: 'linux/amd64', descriptor: root }];
    expect(signingTargets({ repository, root, platforms, tags: ['v1'], metadata: {} })).toEqual([target]);
  });

  test('have tags of a length that a registry takes', () => {
    const platforms = [{ platform: 'linux/amd64', descriptor: amd }];
    const long = 'x'.repeat(maxTagLength);
    const tags = [`${long.slice(1)}a`, `${long.slice(1)}b`];
    const [, child] = signingTargets({ repository, root, platforms, tags, metadata: {} });
    expect(child?.tags).toEqual([`${'x'.repeat(maxTagLength - 12)}-linux-amd64`]);
  });
});
