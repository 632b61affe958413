import { describe, expect, test } from 'vitest';
import { bindRequest, type RemoteRequest, requestAudience } from '../src/identity/index.ts';
import type { BuildRequest } from '../src/request/index.ts';
import { pushRequest, verifiedCaller } from './fakes/oidc-issuer/open-trust.ts';

type Source = RemoteRequest['source'];

const build: Required<BuildRequest> = {
  name: 'team/app',
  dockerfile: './Dockerfile',
  context: '.',
  target: 'release',
  tags: ['v1', 'v2'],
  tagsBase64: 'djM=',
  buildArgs: ['A=b'],
  buildContexts: ['lib=lib'],
  secrets: ['id=a,env=A'],
  platforms: ['linux/amd64', 'linux/arm64'],
  exportTags: false,
  useRestrictedRegistry: true,
  useGoModules: true,
  registries: ['r.example/team'],
  noCache: false,
};

/** Another value for each field; the compiler asks for every one, and for those to come. */
const otherBuild: { readonly [Field in keyof Required<BuildRequest>]: readonly unknown[] } = {
  name: ['team/App', 'team/app ', '', undefined],
  dockerfile: ['Dockerfile', './dockerfile'],
  context: ['./', '..'],
  target: ['debug', undefined],
  tags: [['v2', 'v1'], ['v1'], ['v1', 'v2', ''], ['v1,v2'], []],
  tagsBase64: ['djM', undefined],
  buildArgs: [['A=c'], ['A=b', 'A=b'], [['A=b']], 'A=b'],
  buildContexts: [['lib=other'], []],
  secrets: [['id=a,env=B'], []],
  platforms: [['linux/amd64'], ['linux/amd64,linux/arm64']],
  exportTags: [true, 'false', 0],
  useRestrictedRegistry: [false, undefined],
  useGoModules: [false, 'true'],
  registries: [['r.example/prod'], []],
  noCache: [true],
};

const otherSource: { readonly [Field in keyof Required<Source>]: readonly unknown[] } = {
  owner: ['evil', 'Kyma-project'],
  name: ['other'],
  event: ['workflow_dispatch'],
  ref: ['refs/heads/mаin'],
  eventSha: ['b'.repeat(40)],
  commitSha: ['b'.repeat(40), 'A'.repeat(40)],
  pullRequest: [7],
  runId: ['77'],
};

const rows = (others: Readonly<Record<string, readonly unknown[]>>) =>
  Object.entries(others).flatMap(([field, values]) => values.map((value) => [field, value] as const));

const request = { source: pushRequest.source, build };

async function bindChanged(changed: RemoteRequest): Promise<unknown> {
  const aud = requestAudience(request);
  return bindRequest(await verifiedCaller({ aud }, { audience: { kind: 'bound' } }), changed);
}

const refusal = { code: 'identity.rejected', details: { claim: 'aud', reason: 'mismatch' } };

describe('a token that was issued for a request does not count for one that differs in', () => {
  test('nothing: for that it does', async () => {
    await expect(bindChanged(request)).resolves.toMatchObject({ request });
  });

  test.each(rows(otherBuild))('build.%s: %j', async (field, value) => {
    const changed = { ...request, build: { ...build, [field]: value } };
    await expect(bindChanged(changed)).rejects.toMatchObject(refusal);
  });

  test.each(rows(otherSource))('source.%s: %j', async (field, value) => {
    const changed = { ...request, source: { ...request.source, [field]: value } };
    await expect(bindChanged(changed)).rejects.toMatchObject(refusal);
  });

  test('a field that nobody knows', async () => {
    const changed = { ...request, build: { ...build, privileged: true } };
    await expect(bindChanged(changed)).rejects.toMatchObject(refusal);
  });
});
