import { describe, expect, test } from 'vitest';
import { jenkinsClaims } from '../../test/fakes/oidc-issuer/github-claims.ts';
import {
  githubSettings,
  now,
  openTestTrust,
  pushRequest,
  startTestIssuer,
  verifiedCaller,
} from '../../test/fakes/oidc-issuer/open-trust.ts';
import { Secret } from '../core/index.ts';
import { bindRequest } from './bind-request.ts';
import { type RequestedSource, requestAudience } from './canonical-request.ts';
import { verifyToken } from './verify-token.ts';

const changed = (source: Partial<RequestedSource>) => ({
  ...pushRequest,
  source: { ...pushRequest.source, ...source },
});

const changes: readonly (readonly [what: string, source: Partial<RequestedSource>, claim: string])[] = [
  ['another repository', { name: 'other' }, 'repository'],
  ['a repository in another case', { name: 'App' }, 'repository'],
  ['another owner', { owner: 'evil' }, 'repository'],
  ['parts of owner and name moved', { owner: 'kyma-project/app', name: '' }, 'repository'],
  ['another event', { event: 'schedule' }, 'event_name'],
  ['another ref', { ref: 'refs/heads/main2' }, 'ref'],
  ['a tag of that name', { ref: 'refs/tags/main' }, 'ref'],
  ['another commit of the event', { eventSha: 'b'.repeat(40) }, 'sha'],
  ['another run', { runId: '778' }, 'run_id'],
];

describe('with an audience that is always the same', () => {
  test('the request of the token counts', async () => {
    const caller = await verifiedCaller();
    expect(bindRequest(caller, pushRequest)).toEqual({ caller, request: pushRequest });
  });

  test.each(changes)('a request for %s is refused', async (_, source, claim) => {
    const caller = await verifiedCaller();
    expect(() => bindRequest(caller, changed(source))).toThrow(
      expect.objectContaining({ code: 'identity.rejected', details: { claim, reason: 'mismatch' } }),
    );
  });

  test('an owner that is not that of the repository is refused', async () => {
    const caller = await verifiedCaller({ repository_owner: 'evil' });
    expect(() => bindRequest(caller, pushRequest)).toThrow(/"repository_owner" is not that of the request/);
  });
});

describe('with an audience that is the hash of the request', () => {
  const aud = requestAudience(pushRequest);
  const settings = { audience: { kind: 'bound' } } as const;

  test('that very request counts', async () => {
    const caller = await verifiedCaller({ aud }, settings);
    expect(bindRequest(caller, pushRequest)).toMatchObject({ request: pushRequest });
  });

  test.each(changes)('a request for %s is refused', async (_, source) => {
    const caller = await verifiedCaller({ aud }, settings);
    expect(() => bindRequest(caller, changed(source))).toThrow(
      expect.objectContaining({ details: { claim: 'aud', reason: 'mismatch' } }),
    );
  });

  test.each(changes)('a request for %s is refused, although its hash is signed', async (_, source, claim) => {
    const request = changed(source);
    const caller = await verifiedCaller({ aud: requestAudience(request) }, settings);
    expect(() => bindRequest(caller, request)).toThrow(
      expect.objectContaining({ details: { claim, reason: 'mismatch' } }),
    );
  });
});

describe('a caller on a Jenkins', () => {
  async function jenkinsCaller(claims: object) {
    const issuer = await startTestIssuer();
    const audience = { kind: 'static', value: 'sre-jenkins-image-builder' } as const;
    const jenkins = {
      ...githubSettings(issuer.url),
      kind: 'jenkins',
      repositories: ['kyma-project/app'],
      audience,
    } as const;
    const trust = await openTestTrust([{ ...jenkins, requiredClaims: { build_number: 'any' } }]);
    const github = [
      'repository',
      'repository_owner',
      'event_name',
      'ref',
      'sha',
      'run_id',
      'job_workflow_ref',
    ];
    const none = Object.fromEntries(github.map((name) => [name, undefined]));
    const token = issuer.token({ claims: { ...none, ...jenkinsClaims(issuer.url, now), ...claims } });
    return verifyToken(new Secret(token), trust, now);
  }

  test('is held to the build that it is', async () => {
    const caller = await jenkinsCaller({});
    expect(bindRequest(caller, changed({ runId: '42' }))).toBeDefined();
    expect(() => bindRequest(caller, changed({ runId: '43' }))).toThrow(
      /"build_number" is not that of the request/,
    );
  });

  test('may have no other source built than its issuer is for', async () => {
    const caller = await jenkinsCaller({});
    expect(() => bindRequest(caller, changed({ runId: '42', name: 'other' }))).toThrow(
      expect.objectContaining({
        code: 'identity.rejected',
        details: { claim: 'repository', reason: 'not-allowed' },
      }),
    );
  });

  test('is held to every claim that its Jenkins adds', async () => {
    const caller = await jenkinsCaller({ repository: 'team/other' });
    expect(() => bindRequest(caller, changed({ runId: '42' }))).toThrow(
      /"repository" is not that of the request/,
    );
  });
});
