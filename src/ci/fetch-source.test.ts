import { execFileSync } from 'node:child_process';
import { existsSync, lstatSync, readdirSync, readFileSync, readlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { GitRequest } from '../../test/fakes/git-server/fake-git-server.ts';
import { createGitRepository } from '../../test/fakes/git-server/git-repository.ts';
import { type GitStand, openGitStand, plantedToken } from '../../test/fakes/git-server/git-stand.ts';
import { fetchedSource, fetchSource } from './fetch-source.ts';
import { readCheckout } from './read-checkout.ts';

/** Every file below a folder with its content. */
function contents(folder: string): ReadonlyMap<string, string> {
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort();
  const files = names.filter((name) => lstatSync(join(folder, name)).isFile());
  return new Map(files.map((name) => [name, readFileSync(join(folder, name), 'latin1')]));
}

const isTransfer = ({ path }: GitRequest) => path.endsWith('/git-upload-pack');

describe('fetching source', { timeout: 30_000 }, () => {
  test('brings exactly the commit, whatever its branch says now', async () => {
    const { repository, request, place, folder, told, server } = await openGitStand();
    const wanted = repository.commit({
      Dockerfile: 'FROM scratch\n',
      'a/b': 'one',
      run: { executable: 'x' },
    });
    repository.commit({ 'a/b': 'two' });
    const source = await fetchSource(request(wanted, { ref: 'refs/heads/main' }), place());
    const root = join(folder, 'source');
    expect(source).toEqual({
      event: 'push',
      owner: 'team',
      name: 'app',
      commitSha: wanted,
      commitTime: new Date('2021-09-30T12:00:00Z'),
      ref: 'refs/heads/main',
      dirty: false,
      root,
      url: `https://${server.host}/team/app`,
    });
    expect(readFileSync(join(root, 'a/b'), 'utf8')).toBe('one');
    expect(lstatSync(join(root, 'run')).mode & 0o777).toBe(0o755);
    expect(await readCheckout(root)).toMatchObject({ commitSha: wanted, dirty: false });
    expect(told).toEqual([`fetching team/app at ${wanted.slice(0, 7)} from ${server.host}`]);
  });

  test('brings no history', async () => {
    const { repository, request, place, folder } = await openGitStand();
    repository.commit({ a: 'one' });
    const wanted = repository.commit({ a: 'two' });
    await fetchSource(request(wanted), place());
    const count = execFileSync('git', ['rev-list', '--all', '--count', wanted], {
      cwd: join(folder, 'source'),
    });
    expect(String(count).trim()).toBe('1');
  });

  test('reads as every other source does', async () => {
    const { repository, request, place } = await openGitStand();
    const commitSha = repository.commit({ a: 'one' });
    const reader = fetchedSource(
      request(commitSha, { event: 'pull_request_target', pullRequest: 7 }),
      place(),
    );
    expect(await reader.read()).toMatchObject({ event: 'pull_request_target', pullRequest: 7, commitSha });
  });

  test('works with SHA-256', async () => {
    const { request, place, server } = await openGitStand();
    const commitSha = createGitRepository(server.root, 'team/sha256', 'sha256').commit({ a: 'one' });
    expect(commitSha).toMatch(/^[0-9a-f]{64}$/);
    expect(await fetchSource(request(commitSha, { name: 'sha256' }), place())).toMatchObject({ commitSha });
  });

  test('leaves the same bytes every time, so that layers are found again', async () => {
    const { repository, request, place, folder } = await openGitStand();
    const commitSha = repository.commit({ a: 'one', 'b/c': 'two' });
    const fetched = ['first', 'second'].map(async (name) => {
      await fetchSource(request(commitSha), place({}, { folder: join(folder, name) }));
      return contents(join(folder, name));
    });
    const [first, second] = await Promise.all(fetched);
    expect(first?.has('.git/index')).toBe(true);
    expect(first).toEqual(second);
  });

  test('leaves the token nowhere', async () => {
    const { repository, request, place, folder, server } = await openGitStand();
    await fetchSource(request(repository.commit({ a: 'one' })), place());
    const encoded = Buffer.from(`x-access-token:${plantedToken}`).toString('base64');
    const found = (text: string) => text.includes(plantedToken) || text.includes(encoded);
    expect([...contents(folder).values()].filter(found)).toEqual([]);
    expect(server.seen.every(({ authorization = '' }) => found(authorization))).toBe(true);
    expect(server.seen.map(({ path }) => path).filter(found)).toEqual([]);
  });

  test('gets by without a token where everybody may read', async () => {
    const { repository, request, place, server } = await openGitStand({ login: undefined });
    const [known] = place().servers;
    const servers = known === undefined ? [] : [{ ...known, token: undefined }];
    const commitSha = repository.commit({ a: 'one' });
    expect(await fetchSource(request(commitSha), place({}, { servers }))).toMatchObject({ commitSha });
    expect(server.seen.map(({ authorization }) => authorization).filter(Boolean)).toEqual([]);
  });

  test('tries again what may pass', async () => {
    const faults: readonly ((request: GitRequest) => boolean)[] = [(asked) => !isTransfer(asked), isTransfer];
    for (const fits of faults) {
      let failed = 0;
      const { repository, request, place, told } = await openGitStand({
        fault: (asked) => (fits(asked) && failed++ === 0 ? { status: 503 } : undefined),
      });
      const commitSha = repository.commit({ a: 'one' });
      expect(await fetchSource(request(commitSha), place())).toMatchObject({ commitSha });
      expect(told.filter((line) => line.startsWith('retrying'))).toHaveLength(1);
    }
  });

  test('ends at once when it is cancelled, with everything that it started', async () => {
    const controller = new AbortController();
    const { repository, request, place, server } = await openGitStand({
      fault: (asked) => {
        if (!isTransfer(asked)) return undefined;
        controller.abort('SIGTERM');
        return 'stall';
      },
    });
    const options = place({}, { signal: controller.signal });
    const fetching = fetchSource(request(repository.commit({ a: 'one' })), options);
    await expect(fetching).rejects.toMatchObject({ code: 'cancelled', details: { signal: 'SIGTERM' } });
    expect(existsSync(options.folder)).toBe(false);
    expect(String(execFileSync('ps', ['-eo', 'args']))).not.toContain(server.host);
  });

  test('does not begin when it was cancelled before', async () => {
    const { repository, request, place, server } = await openGitStand();
    const options = place({}, { signal: AbortSignal.abort() });
    const fetching = fetchSource(request(repository.commit({ a: 'one' })), options);
    await expect(fetching).rejects.toMatchObject({ code: 'cancelled' });
    expect(server.seen).toEqual([]);
  });

  test('touches no folder that was there', async () => {
    const { repository, request, place, folder } = await openGitStand();
    const commitSha = repository.commit({ a: 'one' });
    const fetching = fetchSource(request(commitSha), place({}, { folder }));
    await expect(fetching).rejects.toMatchObject({ code: 'source.invalid' });
    expect(readdirSync(folder)).toEqual(['ca.pem']);
  });

  test('is told to people, and submodules that are left out too', async () => {
    const { repository, request, place, told } = await openGitStand();
    await fetchSource(request(repository.commit({ a: 'b', sub: { submodule: '1'.repeat(40) } })), place());
    expect(told[1]).toBe(
      '1 submodule is not fetched and left empty; "source.submodules" of the configuration says so',
    );
  });
});

describe('what was fetched', { timeout: 30_000 }, () => {
  async function fetched(make: (stand: GitStand) => string) {
    const stand = await openGitStand();
    const commitSha = make(stand);
    const source = await fetchSource(stand.request(commitSha), stand.place());
    return { ...stand, root: source.root };
  }

  test('is as it is in git, whatever its attributes say', async () => {
    const files = {
      '.gitattributes': '* text eol=crlf\n*.utf ident working-tree-encoding=UTF-16\nx filter=evil\n',
      line: 'a\nb\n',
      'x.utf': '$Id$\n',
      x: 'plain\n',
    };
    const { root } = await fetched(({ repository }) => repository.commit(files));
    for (const [name, content] of Object.entries(files))
      expect(readFileSync(join(root, name), 'utf8')).toBe(content);
  });

  test('ran no filter, hook or helper that this machine has configured', async () => {
    const stand = await openGitStand();
    const { folder, repository, request, place } = stand;
    const config = join(folder, 'config');
    const ran = join(folder, 'ran');
    writeFileSync(
      config,
      `[filter "evil"]\n\tsmudge = touch ${ran}\n\tprocess = touch ${ran}\n\trequired = true\n` +
        `[core]\n\thooksPath = ${folder}/hooks\n\tfsmonitor = touch ${ran}\n` +
        `[credential]\n\thelper = "!touch ${ran}"\n[url "file:///nowhere"]\n\tinsteadOf = https://\n`,
    );
    execFileSync('mkdir', [join(folder, 'hooks')]);
    writeFileSync(join(folder, 'hooks/post-checkout'), `#!/bin/sh\ntouch ${ran}\n`, { mode: 0o755 });
    const commitSha = repository.commit({ '.gitattributes': '* filter=evil\n', a: 'one' });
    const environment = {
      PATH: process.env.PATH,
      HOME: folder,
      GIT_CONFIG_GLOBAL: config,
      GIT_CONFIG_SYSTEM: config,
      GIT_ASKPASS: `touch ${ran}`,
      GIT_TRACE_CURL: join(folder, 'trace'),
      GIT_DIR: join(folder, 'elsewhere'),
    };
    await fetchSource(request(commitSha), place({}, { environment }));
    expect(readdirSync(folder).sort()).toEqual(['ca.pem', 'config', 'hooks', 'source']);
    // The same environment springs the trap on a git that is simply called.
    const env = { ...environment, GIT_DIR: undefined };
    execFileSync('git', ['checkout', '--detach'], { cwd: join(folder, 'source'), env, stdio: 'pipe' });
    expect(existsSync(ran)).toBe(true);
  });

  test('has names as they are, also those that hurt a terminal or a parser', async () => {
    const names = [
      '--upload-pack=touch x',
      'a\nb',
      '\u001b]0;title\u0007',
      '-rf',
      '##vso[task.complete]',
      'ä',
    ];
    const { root } = await fetched(({ repository }) =>
      repository.commit(new Map(names.map((name) => [name, name]))),
    );
    const found = readdirSync(root).filter((name) => name !== '.git');
    expect(found.sort()).toEqual([...names].sort());
  });

  test('has links as they are, and nothing is written through one', async () => {
    const { root } = await fetched(({ repository }) =>
      repository.commit({ out: { link: '/etc' }, up: { link: '../../..' } }),
    );
    expect(readlinkSync(join(root, 'out'))).toBe('/etc');
    expect(readlinkSync(join(root, 'up'))).toBe('../../..');
  });

  test('has a configuration without address, login or command', async () => {
    const { root } = await fetched(({ repository }) => repository.commit({ a: 'one' }));
    const config = readFileSync(join(root, '.git/config'), 'utf8');
    expect(config).toBe('[core]\n\trepositoryformatversion = 0\n\tfilemode = true\n\tbare = false\n');
    expect(existsSync(join(root, '.git/hooks'))).toBe(false);
  });
});
