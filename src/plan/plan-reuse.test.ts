import { describe, expect, test } from 'vitest';
import { planReuse, type ReuseInputs } from './plan-reuse.ts';

const signConfig = {
  signers: [
    { name: 'own', type: 'cosign' },
    { name: 'service', type: 'notary' },
  ],
};

interface Change {
  readonly settings?: object;
  readonly request?: object;
  readonly source?: object;
  readonly signers?: readonly string[];
  readonly dockerfile?: string;
}

function reuse({ settings, request, source, signers = ['own'], dockerfile }: Change = {}) {
  const inputs = {
    request: { secrets: [], exportTags: false, noCache: false, useGoModules: false, ...request },
    source: { dirty: false, event: 'push', ...source },
    settings: { reuse: { enabled: true }, cache: {}, signConfig, ...settings },
    tags: [{ name: 'default_tag', value: 'v1' }],
    built: { image: {}, platforms: ['linux/amd64'], buildArgs: [], buildContexts: [] },
    untrustedDockerfile: dockerfile,
    signing: signers.length === 0 ? { kind: 'unsigned', reason: '' } : { kind: 'signed-by', signers },
  } as unknown as ReuseInputs;
  return planReuse(inputs).reuse;
}

describe('the plan to reuse images', () => {
  test('is none unless the configuration asks for it', () => {
    expect(reuse({ settings: { reuse: { enabled: false } } })).toBeUndefined();
  });

  test('has what stands for engine and epoch, and those who vouch', () => {
    const settings = { reuse: { enabled: true, builderVersion: 'x' }, cache: { epoch: '2' } };
    expect(reuse({ settings, signers: ['service', 'own'] })).toEqual({
      epoch: '2',
      builderVersion: 'x',
      perCommitArgs: ['BUILD_COMMIT_SHA'],
      vouchers: ['own'],
    });
  });

  test('knows the build arguments that change with every commit', () => {
    const settings = { reuse: { enabled: true }, cache: {}, reproducible: true };
    expect(reuse({ request: { exportTags: true }, settings })?.perCommitArgs).toEqual([
      'BUILD_COMMIT_SHA',
      'TAG_default_tag',
      'SOURCE_DATE_EPOCH',
    ]);
  });

  test.each<[string, Change, RegExp]>([
    ['the checkout is dirty', { source: { dirty: true } }, /uncommitted/],
    ['there are secrets', { request: { secrets: ['id=x'] } }, /secrets/],
    ['there are logins for Go modules', { request: { useGoModules: true } }, /secrets/],
    ['nobody signs', { signers: [] }, /not signed/],
    ['only a service signs', { signers: ['service'] }, /"service" signs a digest/],
  ])('is not carried out where %s', (_, change, reason) => {
    expect(reuse(change)?.obstacle).toEqual({ reason: expect.stringMatching(reason) });
  });

  test('is not carried out where the Dockerfile stands in the way, and has the line', () => {
    const dockerfile = 'FROM a\nRUN true\nARG BUILD_COMMIT_SHA';
    expect(reuse({ dockerfile })?.obstacle).toEqual({
      reason: 'uses build argument "BUILD_COMMIT_SHA", which changes with every commit',
      line: 3,
    });
    expect(reuse({ dockerfile: 'FROM a' })?.obstacle).toBeUndefined();
  });

  test.each<[string, Change]>([
    ['--no-cache', { request: { noCache: true } }],
    ['it is built on schedule', { source: { event: 'schedule' } }],
  ])('has the image built anew, to be reused later: %s', (anew, change) => {
    expect(reuse(change)).toMatchObject({ anew });
    expect(reuse(change)?.obstacle).toBeUndefined();
  });
});
