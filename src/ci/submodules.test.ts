import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { createGitRepository, type GitFile } from '../../test/fakes/git-server/git-repository.ts';
import { type GitStand, openGitStand } from '../../test/fakes/git-server/git-stand.ts';
import { fetchSource, type SourcePlace } from './fetch-source.ts';

const address = (path: string, url: string) => `[submodule "${path}"]\n\tpath = ${path}\n\turl = ${url}\n`;

/** `team/lib` and `other/lib`, each with a file that says its name. */
function libraries({ server }: GitStand) {
  const commit = (name: string) => createGitRepository(server.root, name).commit({ name });
  return { team: commit('team/lib'), other: commit('other/lib') };
}

function fetchWith(
  stand: GitStand,
  files: Readonly<Record<string, GitFile>>,
  more: Partial<SourcePlace> = {},
) {
  const commitSha = stand.repository.commit(files);
  return fetchSource(stand.request(commitSha), stand.place({}, { submodules: true, ...more }));
}

describe('submodules', { timeout: 30_000 }, () => {
  test('come from the configured hosts, by https or relative to their repository, and bring their own', async () => {
    const stand = await openGitStand();
    const { team, other } = libraries(stand);
    const nested = createGitRepository(stand.server.root, 'team/nested').commit({
      '.gitmodules': address('deep', `https://${stand.server.host}/other/lib/`),
      deep: { submodule: other },
    });
    const source = await fetchWith(stand, {
      '.gitmodules': `${address('a', '../lib.git')}${address('b/c', '../../other/lib')}${address('n', '../nested')}`,
      a: { submodule: team },
      'b/c': { submodule: other },
      n: { submodule: nested },
    });
    const read = (path: string) => readFileSync(join(source.root, path), 'utf8');
    expect(['a/name', 'b/c/name', 'n/deep/name'].map(read)).toEqual(['team/lib', 'other/lib', 'other/lib']);
  });

  test('stay empty unless the configuration says otherwise', async () => {
    const stand = await openGitStand();
    const { team } = libraries(stand);
    const files = { '.gitmodules': address('a', '../lib'), a: { submodule: team } };
    const source = await fetchWith(stand, files, { submodules: false });
    expect(existsSync(join(source.root, 'a'))).toBe(true);
    expect(existsSync(join(source.root, 'a/name'))).toBe(false);
    expect(stand.server.seen.some(({ path }) => path.includes('/lib'))).toBe(false);
  });

  test('count together with the commit', async () => {
    const stand = await openGitStand();
    const { team } = libraries(stand);
    const files = { '.gitmodules': address('a', '../lib'), a: { submodule: team } };
    const { limits } = stand.place({ files: 2 });
    await expect(fetchWith(stand, files, { limits })).rejects.toMatchObject({
      code: 'source.too-large',
      message: 'the commit of "team/lib" has more than 2 files',
    });
    expect(existsSync(stand.place().folder)).toBe(false);
  });

  const nowhere = 'which is no repository on a host of "source.hosts"';
  test.each(['ext::sh -c "touch /tmp/x"', 'file:///etc', 'https://git.example.com/team/lib'])(
    'from %s are refused, and nobody is called',
    async (url) => {
      const stand = await openGitStand();
      const { team } = libraries(stand);
      const files = {
        '.gitmodules': address('a', `"${url.replaceAll('"', '\\"')}"`),
        a: { submodule: team },
      };
      await expect(fetchWith(stand, files)).rejects.toMatchObject({
        code: 'source.invalid',
        message: `submodule "a" of "team/app" comes from "${url}", ${nowhere}`,
      });
      expect(stand.server.seen.some(({ path }) => path.includes('/lib'))).toBe(false);
    },
  );

  test.each<[string, (commit: string) => Readonly<Record<string, GitFile>>]>([
    ['without .gitmodules', (submodule) => ({ a: { submodule } })],
    ['for another path', (submodule) => ({ '.gitmodules': address('b', '../lib'), a: { submodule } })],
    [
      'in a file that it includes',
      (submodule) => ({
        x: address('a', '../lib'),
        '.gitmodules': '[include]\n\tpath = x\n',
        a: { submodule },
      }),
    ],
    ['in a file that git cannot read', (submodule) => ({ '.gitmodules': '[submodule', a: { submodule } })],
  ])('with an address %s are refused', async (_, files) => {
    const stand = await openGitStand();
    await expect(fetchWith(stand, files(libraries(stand).team))).rejects.toMatchObject({
      code: 'source.invalid',
      message: 'submodule "a" of "team/app" has no address in .gitmodules',
    });
  });

  test('with an address in a link are refused by git', async () => {
    const stand = await openGitStand();
    const { team } = libraries(stand);
    const files = { x: address('a', '../lib'), '.gitmodules': { link: 'x' }, a: { submodule: team } };
    await expect(fetchWith(stand, files)).rejects.toMatchObject({
      code: 'source.invalid',
      message: expect.stringContaining('cannot be checked out'),
    });
  });

  test('of which each holds another come to an end', async () => {
    const stand = await openGitStand();
    let submodule = stand.repository.commit({ a: 'one' });
    for (let level = 0; level < 6; level++) {
      submodule = stand.repository.commit({ '.gitmodules': address('a', '../app'), a: { submodule } });
    }
    const fetching = fetchSource(stand.request(submodule), stand.place({}, { submodules: true }));
    await expect(fetching).rejects.toMatchObject({
      code: 'source.invalid',
      message: 'submodule "a" of "team/app" lies in more than 5 others',
    });
  });

  test('whose commit is not there say so', async () => {
    const stand = await openGitStand();
    libraries(stand);
    const files = { '.gitmodules': address('a', '../lib'), a: { submodule: '1'.repeat(40) } };
    await expect(fetchWith(stand, files)).rejects.toMatchObject({
      code: 'source.invalid',
      message: `"team/lib" has no commit "${'1'.repeat(40)}"`,
    });
  });
});
