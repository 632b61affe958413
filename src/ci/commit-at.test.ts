import { describe, expect, test } from 'vitest';
import { openGitStand } from '../../test/fakes/git-server/git-stand.ts';
import { commitAt } from './commit-at.ts';

const team = (host: string, name = 'app') => ({ host, owner: 'team', name });

describe('the commit at a ref', () => {
  test('is the one that the ref names now, also for the head of a pull request', async () => {
    const { repository, place, server } = await openGitStand();
    const first = repository.commit({ a: 'one' });
    const second = repository.commit({ a: 'two' });
    repository.git('update-ref', 'refs/pull/7/head', first);
    const at = (ref: string) => commitAt(team(server.host), ref, place());
    expect(await Promise.all([at('refs/heads/main'), at('refs/pull/7/head')])).toEqual([second, first]);
  });

  test('is that of a tag, not the tag itself', async () => {
    const { repository, place, server } = await openGitStand();
    const commit = repository.commit({ a: 'one' });
    repository.git('tag', '-a', '-m', 'x', 'v1');
    expect(await commitAt(team(server.host), 'refs/tags/v1', place())).toBe(commit);
  });

  test('is not that of another ref with the same end', async () => {
    const { repository, place, server } = await openGitStand();
    repository.git('update-ref', 'refs/heads/refs/pull/7/head', repository.commit({ a: 'one' }));
    expect(await commitAt(team(server.host), 'refs/pull/7/head', place())).toBeUndefined();
  });

  test.each([
    ['--upload-pack=touch /tmp/x', 'request.invalid'],
    ['refs/pull/*/head', 'request.invalid'],
    ['HEAD', 'request.invalid'],
  ])('is not looked up for %s', async (ref, code) => {
    const { place, server } = await openGitStand();
    await expect(commitAt(team(server.host), ref, place())).rejects.toMatchObject({ code });
    expect(server.seen).toEqual([]);
  });

  test('cannot be had from a server that fails while it tells', async () => {
    const { place, server } = await openGitStand({
      fault: ({ path }) => (path.endsWith('/git-upload-pack') ? 'reset' : undefined),
    });
    await expect(commitAt(team(server.host), 'refs/heads/main', place())).rejects.toMatchObject({
      code: 'source.unavailable',
    });
  });

  test('cannot be had of a repository that is not given out', async () => {
    const { place, server } = await openGitStand();
    await expect(commitAt(team(server.host, 'other'), 'refs/heads/main', place())).rejects.toMatchObject({
      code: 'source.refused',
    });
  });
});
