import { onTestFinished } from 'vitest';
import { Secret } from '../../../src/core/index.ts';
import type { HttpClient } from '../../../src/http/index.ts';
import {
  type Caller,
  openIssuerKeys,
  type RemoteRequest,
  type Trust,
  trustedIssuers,
  verifyToken,
} from '../../../src/identity/index.ts';
import { openTestHttp, type TestHttp } from '../registry/open-http.ts';
import { type Authority, createAuthority } from '../signify/authority.ts';
import { type FakeIssuer, type IssuerOptions, startFakeIssuer } from './fake-issuer.ts';
import { type Claims, workflow } from './github-claims.ts';
import { createSigningKey, type SigningKey } from './signing-key.ts';

type IssuerSettings = Parameters<typeof trustedIssuers>[0]['issuers'][number];
type GithubSettings = Extract<IssuerSettings, { kind: 'github' }>;

/** The time of all tests. */
export const now = new Date('2026-03-04T05:06:07Z');

let shared: Promise<Authority> | undefined;

/** The authority that the servers of all tests have their certificates from. */
export function testAuthority(): Promise<Authority> {
  shared ??= createAuthority('issuers');
  return shared;
}

let firstKey: SigningKey | undefined;

/** An issuer that ends with the test. All have the same first key, unless another one is given: to make one takes long. */
export async function startTestIssuer(options: Partial<IssuerOptions> = {}): Promise<FakeIssuer> {
  firstKey ??= createSigningKey('key-1');
  const common = { authority: await testAuthority(), clock: () => now, key: firstKey };
  const issuer = await startFakeIssuer({ ...common, ...options });
  onTestFinished(() => issuer.close());
  return issuer;
}

/** Settings that believe an issuer as GitHub's is believed. */
export function githubSettings(issuer: string, changes: Partial<GithubSettings> = {}): GithubSettings {
  return {
    name: 'fake',
    kind: 'github',
    issuer,
    githubUrl: 'https://github.example',
    audience: { kind: 'static', value: 'image-builder' },
    algorithms: ['RS256'],
    jobWorkflowRefs: [workflow],
    ...changes,
  };
}

export interface TestTrust extends Trust, TestHttp {
  /** Origins that were called, in turn. */
  readonly called: readonly string[];
}

/** Trust in these issuers, for ten minutes after a token was issued, over real https. */
export async function openTestTrust(
  issuers: readonly IssuerSettings[],
  options: { readonly deadline?: number; readonly signal?: AbortSignal } = {},
): Promise<TestTrust> {
  const { ca } = await testAuthority();
  const client = openTestHttp({ tls: { ca } });
  const called: string[] = [];
  const http: HttpClient = {
    ...client.http,
    request(request, ...rest) {
      called.push(request.url.origin);
      return client.http.request(request, ...rest);
    },
  };
  return {
    ...client,
    called,
    issuers: trustedIssuers({ issuers }),
    keys: openIssuerKeys({ http, ...options }),
    acceptedSecondsAfterIssue: 600,
  };
}

/** A caller whose token really was verified; it has GitHub's claims, changed by these. */
export async function verifiedCaller(
  claims: Claims = {},
  changes: Partial<GithubSettings> = {},
): Promise<Caller> {
  const issuer = await startTestIssuer();
  const trust = await openTestTrust([githubSettings(issuer.url, changes)]);
  return verifyToken(new Secret(issuer.token({ claims })), trust, now);
}

/** The request of the run that the claims are about. */
export const pushRequest = {
  source: {
    owner: 'kyma-project',
    name: 'app',
    event: 'push',
    ref: 'refs/heads/main',
    eventSha: 'a'.repeat(40),
    commitSha: 'a'.repeat(40),
    runId: '777',
  },
  build: { name: 'team/app', platforms: ['linux/amd64'] },
} as const satisfies RemoteRequest;
