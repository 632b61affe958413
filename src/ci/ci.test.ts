import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { asEvent } from './as-event.ts';
import { checkoutReader } from './checkout-reader.ts';
import { parseGitRemote } from './git-remote.ts';
import { findCheckoutRoot, readCheckout } from './read-checkout.ts';

describe('git remotes', () => {
  test.each([
    ['https://github.com/kyma-project/test-infra.git', 'kyma-project', 'test-infra'],
    ['https://github.com/kyma-project/test-infra', 'kyma-project', 'test-infra'],
    ['https://github.com/kyma-project/test-infra/', 'kyma-project', 'test-infra'],
    ['https://user:token@github.com/o/r.git', 'o', 'r'],
    ['git@github.com:o/r.git', 'o', 'r'],
    ['github.com:o/r', 'o', 'r'],
    ['ssh://git@github.com:22/o/r.git', 'o', 'r'],
    ['git://host/o/r.git', 'o', 'r'],
    ['https://gitlab.example/group/sub/r.git', 'group/sub', 'r'],
  ])('%s is %s/%s', (text, owner, name) => {
    expect(parseGitRemote(text)).toMatchObject({ owner, name });
  });

  test('a credential in a remote does not reach the link to the source', () => {
    expect(parseGitRemote('https://user:token@github.com/o/r.git')?.url).toBe('https://github.com/o/r');
  });

  test.each([
    '',
    '/srv/git/r.git',
    'file:///srv/o/r.git',
    '../r',
    'C:\\work\\r',
    'https://host/',
    'https://host/r',
  ])('%j names none', (text) => {
    expect(parseGitRemote(text)).toBeUndefined();
  });

  test('no text crashes or hangs the parser', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: 'binary' }), fc.webUrl()), (text) => void parseGitRemote(text)),
    );
  });
});

describe('a checkout', () => {
  let folder: string;
  const git = (...args: string[]) =>
    execFileSync('git', ['-c', 'user.name=t', '-c', 'user.email=t@example.com', ...args], {
      cwd: folder,
      env: {
        ...process.env,
        GIT_COMMITTER_DATE: '2021-09-30T12:00:00Z',
        GIT_AUTHOR_DATE: '2021-09-30T12:00:00Z',
      },
      stdio: 'pipe',
    });

  beforeEach(() => {
    folder = realpathSync(mkdtempSync(join(tmpdir(), 'image-builder-ci-')));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  function commit() {
    git('init', '--quiet', '--initial-branch=main');
    writeFileSync(join(folder, 'Dockerfile'), 'FROM scratch\n');
    git('add', '.');
    git('commit', '--quiet', '-m', 'first');
  }

  test('tells commit, time, ref, owner and name', async () => {
    commit();
    git('remote', 'add', 'origin', 'git@github.com:Team/App.git');
    const checkout = await readCheckout(folder);
    expect(checkout).toMatchObject({
      owner: 'Team',
      name: 'App',
      ref: 'refs/heads/main',
      dirty: false,
      root: folder,
    });
    expect(checkout.commitSha).toMatch(/^[0-9a-f]{40}$/);
    expect(checkout.commitTime.toISOString()).toBe('2021-09-30T12:00:00.000Z');
    expect(checkout.url).toBe('https://github.com/Team/App');
  });

  test('without a remote has the name of its folder and no owner', async () => {
    commit();
    const checkout = await readCheckout(folder);
    expect(checkout.owner).toBeUndefined();
    expect(folder.endsWith(checkout.name)).toBe(true);
  });

  test('takes the only remote when none is called origin, and none when there are several', async () => {
    commit();
    git('remote', 'add', 'upstream', 'https://github.com/o/r.git');
    expect((await readCheckout(folder)).name).toBe('r');
    git('remote', 'add', 'fork', 'https://github.com/me/r2.git');
    expect((await readCheckout(folder)).owner).toBeUndefined();
  });

  test.each([
    ['a changed file', () => writeFileSync(join(folder, 'Dockerfile'), 'FROM other\n')],
    ['a new file', () => writeFileSync(join(folder, 'new'), '')],
  ])('with %s is dirty', async (_, change) => {
    commit();
    change();
    expect((await readCheckout(folder)).dirty).toBe(true);
  });

  test('with a new file is dirty, whatever its configuration shows', async () => {
    commit();
    git('config', 'status.showUntrackedFiles', 'no');
    writeFileSync(join(folder, 'new'), '');
    expect((await readCheckout(folder)).dirty).toBe(true);
  });

  test.each([
    ['nowhere', 'does not exist'],
    ['Dockerfile', 'is not a folder'],
  ])('%s %s, and the error says so', async (name, what) => {
    commit();
    const path = join(folder, name);
    await expect(readCheckout(path)).rejects.toMatchObject({
      code: 'source.invalid',
      message: `"${path}" ${what}`,
    });
  });

  test('with an ignored file is clean', async () => {
    commit();
    writeFileSync(join(folder, '.git/info/exclude'), 'ignored\n');
    writeFileSync(join(folder, 'ignored'), '');
    expect((await readCheckout(folder)).dirty).toBe(false);
  });

  test('on a detached head has no ref', async () => {
    commit();
    git('checkout', '--quiet', '--detach');
    expect((await readCheckout(folder)).ref).toBeUndefined();
  });

  test('is refused when it is none, with the way out', async () => {
    await expect(readCheckout(folder)).rejects.toMatchObject({
      code: 'source.invalid',
      message: `"${folder}" is not in a git checkout`,
    });
    expect(await findCheckoutRoot(folder)).toBeUndefined();
  });

  test('is refused when it has no commit', async () => {
    git('init', '--quiet');
    await expect(readCheckout(folder)).rejects.toMatchObject({
      code: 'source.invalid',
      message: `"${folder}" has no commit`,
    });
  });

  test('does not run a file system monitor that its configuration names', async () => {
    commit();
    git('config', 'core.fsmonitor', `touch ${join(folder, 'ran')} #`);
    await readCheckout(folder);
    expect(() => realpathSync(join(folder, 'ran'))).toThrow();
  });

  test('does not obey a folder of it that git takes for a repository', async () => {
    commit();
    const embedded = join(folder, 'embedded');
    for (const path of ['objects', 'refs']) mkdirSync(join(embedded, path), { recursive: true });
    writeFileSync(join(embedded, 'HEAD'), 'ref: refs/heads/main\n');
    writeFileSync(join(embedded, 'config'), '[core]\nrepositoryformatversion = 0\nworktree = ..\n');
    await expect(readCheckout(embedded)).rejects.toMatchObject({ code: 'source.invalid' });
    expect(await findCheckoutRoot(embedded)).toBeUndefined();
  });

  test('stops reading when it is cancelled', async () => {
    commit();
    await expect(readCheckout(folder, AbortSignal.abort('SIGTERM'))).rejects.toMatchObject({
      code: 'cancelled',
    });
  });
});

describe('a checkout seen as an event', () => {
  const checkout = {
    name: 'app',
    commitSha: 'a'.repeat(40),
    commitTime: new Date(0),
    dirty: false,
    root: '/x',
  };

  test('has the number of its pull request', () => {
    expect(asEvent(checkout, { event: 'pull_request_target', pullRequest: 7 })).toMatchObject({
      pullRequest: 7,
    });
  });

  test.each([
    [
      { event: 'pull_request_target' } as const,
      'event "pull_request_target" needs the number of the pull request',
    ],
    [{ event: 'push', pullRequest: 7 } as const, 'event "push" has no pull request'],
    [{ event: 'merge_group', pullRequest: 7 } as const, 'event "merge_group" has no pull request'],
  ])('%j is refused', (choice, message) => {
    expect(() => asEvent(checkout, choice)).toThrow(message);
  });
});

describe('the reader of a checkout', () => {
  test('takes the repository that its user names', async () => {
    const reader = checkoutReader({ directory: import.meta.dirname, event: 'push', repository: 'team/app' });
    expect(await reader.read()).toMatchObject({ event: 'push', owner: 'team', name: 'app' });
  });

  test.each(['team', 'team/', '/app', 'a/b/c'])('refuses %s for one', async (repository) => {
    const reader = checkoutReader({ directory: import.meta.dirname, event: 'push', repository });
    await expect(reader.read()).rejects.toMatchObject({ code: 'request.invalid' });
  });
});
