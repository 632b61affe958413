import { describe, expect, test } from 'vitest';
import { pushRequest, verifiedCaller } from '../../test/fakes/oidc-issuer/open-trust.ts';
import { bindRequest } from './bind-request.ts';
import type { RequestedSource } from './canonical-request.ts';
import { checkSource, type RefReader, type SourceRepository } from './check-source.ts';

const head = 'd'.repeat(40);

interface Asked {
  readonly repository: SourceRepository;
  readonly ref: string;
}

/** Refs of `kyma-project/app`, and who asked for which. */
function refsOf(refs: Readonly<Record<string, string>>): RefReader & { readonly asked: Asked[] } {
  const asked: Asked[] = [];
  return {
    asked,
    async commitAt(repository, ref) {
      asked.push({ repository, ref });
      return refs[ref];
    },
  };
}

async function check(source: Partial<RequestedSource>, refs: RefReader = refsOf({})) {
  const request = { ...pushRequest, source: { ...pushRequest.source, ...source } };
  const { event, ref } = request.source;
  const caller = await verifiedCaller({ event_name: event, ref });
  return checkSource(bindRequest(caller, request), refs);
}

const pull = { event: 'pull_request_target', pullRequest: 7, commitSha: head } as const;
const mismatch = (claim: string) => ({ code: 'identity.rejected', details: { claim, reason: 'mismatch' } });

describe('the commit to build', () => {
  test.each([
    ['push', 'refs/heads/main'],
    ['push', 'refs/tags/v1'],
    ['merge_group', 'refs/heads/gh-readonly-queue/main/pr-7-d'],
    ['workflow_dispatch', 'refs/heads/topic'],
    ['schedule', 'refs/heads/main'],
  ] as const)('of a %s on %s is the one that the token says', async (event, ref) => {
    const refs = refsOf({ [ref]: head });
    expect(await check({ event, ref }, refs)).toMatchObject({ request: { source: { event, ref } } });
    await expect(check({ event, ref, commitSha: head }, refs)).rejects.toMatchObject(mismatch('sha'));
    expect(refs.asked).toEqual([]);
  });

  test('of a pull request is its head, of which the token says nothing', async () => {
    const refs = refsOf({ 'refs/pull/7/head': head });
    expect(await check(pull, refs)).toMatchObject({ request: { source: pull } });
    const repository = { githubUrl: 'https://github.example', owner: 'kyma-project', name: 'app' };
    expect(refs.asked).toEqual([{ repository, ref: 'refs/pull/7/head' }]);
  });

  test.each([
    ['the head moved on', { 'refs/pull/7/head': 'e'.repeat(40) }, {}],
    ['it is the head of another one', { 'refs/pull/8/head': head, 'refs/pull/7/head': 'e'.repeat(40) }, {}],
    ['it is the result of a merge', { 'refs/pull/7/merge': head }, {}],
    ['there is no such pull request', {}, {}],
    ['it is that of the base', { 'refs/pull/7/head': head }, { commitSha: 'a'.repeat(40) }],
    ['it is a short one', { 'refs/pull/7/head': head }, { commitSha: 'd'.repeat(7) }],
    ['it is no commit at all', {}, { commitSha: undefined as unknown as string }],
  ])('of a pull request is refused when %s', async (_, refs, source) => {
    await expect(check({ ...pull, ...source }, refsOf(refs))).rejects.toMatchObject(mismatch('sha'));
  });

  test.each([undefined, 0, -1, 1.5, Number.NaN, '7/../8' as unknown as number])(
    'is refused for a pull request of number %s',
    async (pullRequest) => {
      const refs = refsOf({ [`refs/pull/${pullRequest}/head`]: head });
      const request = { ...pushRequest, source: { ...pushRequest.source, ...pull, pullRequest } };
      const caller = await verifiedCaller({ event_name: 'pull_request_target' });
      await expect(checkSource(bindRequest(caller, request), refs)).rejects.toMatchObject(
        mismatch('event_name'),
      );
      expect(refs.asked).toEqual([]);
    },
  );

  test('is refused for a push that names a pull request', async () => {
    await expect(check({ pullRequest: 7 })).rejects.toMatchObject(mismatch('event_name'));
  });

  test('is not believed when nobody can look it up', async () => {
    const down = { commitAt: () => Promise.reject(new Error('down')) };
    await expect(check(pull, down)).rejects.toThrow('down');
  });
});

describe('a caller whose token says no commit, or not where it is from,', () => {
  test.each([
    ['is believed when its ref is there', 'a'.repeat(40), true],
    ['is refused when its ref is elsewhere', head, false],
    ['is refused when its ref is nowhere', undefined, false],
  ])('%s', async (_, commit, believed) => {
    const refs = refsOf(commit === undefined ? {} : { 'refs/heads/main': commit });
    for (const unsaid of ['sha', 'ref']) {
      const caller = await verifiedCaller();
      const bound = bindRequest(
        { ...caller, claims: { ...caller.claims, [unsaid]: undefined } },
        pushRequest,
      );
      const checked = checkSource(bound, refs);
      if (believed) await expect(checked).resolves.toBeDefined();
      else await expect(checked).rejects.toMatchObject(mismatch('sha'));
    }
  });
});
