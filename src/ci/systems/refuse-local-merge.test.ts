import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type CiBuild, refuseLocalMerge } from '../index.ts';

let folder: string;
let commits: { readonly main: string; readonly greet: string; readonly merge: string };

const git = (args: readonly string[], input?: string) =>
  execFileSync('git', args, { cwd: folder, encoding: 'utf8', input });

const commit = (mark: number, ...parents: readonly string[]) =>
  `commit refs/test/${mark}\nmark :${mark}\ncommitter T <t@example.com> 0 +0000\ndata 1\n${mark}\n${parents.map((parent) => `${parent}\n`).join('')}\n`;

/** Two branches, and the merge of one into the other. */
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'image-builder-jenkins-'));
  git(['init', '--quiet']);
  const history = [commit(1), commit(2, 'from :1'), commit(3, 'from :1'), commit(4, 'from :3', 'merge :2')];
  git(['fast-import', '--quiet'], history.join(''));
  const ids = git(['rev-parse', 'refs/test/2', 'refs/test/3', 'refs/test/4']).split('\n');
  commits = { main: ids[0] ?? '', greet: ids[1] ?? '', merge: ids[2] ?? '' };
});
afterAll(() => rmSync(folder, { recursive: true }));

/** As the git plugin of Jenkins leaves it: a detached head, and no branches but those of the server. */
function checkOut(head: string, branches: Readonly<Record<string, string>>): void {
  const refs = { 'refs/remotes/origin/main': '', 'refs/remotes/origin/PR-12': '', HEAD: head, ...branches };
  const lines = Object.entries(refs).map(([ref, id]) =>
    id === '' ? `delete ${ref}` : `update ${ref} ${id}`,
  );
  git(['update-ref', '--no-deref', '--stdin'], `${lines.join('\n')}\n`);
}

const serverBranches = () => ({
  'refs/remotes/origin/main': commits.main,
  'refs/remotes/origin/PR-12': commits.greet,
});

const refuse = (commitSha: string, ci: CiBuild['ci'] = 'jenkins', directory = folder) =>
  refuseLocalMerge(
    {
      ci,
      host: 'github.com',
      owner: 'team',
      name: 'app',
      event: 'pull_request_target',
      eventSha: commits.main,
      commitSha,
      runId: '1',
      notes: [],
    },
    directory,
  );

describe('a commit that Jenkins built', () => {
  test('by merging the pull request itself is refused, with the way out', async () => {
    checkOut(commits.merge, serverBranches());
    await expect(refuse(commits.merge)).rejects.toMatchObject({
      code: 'request.invalid',
      message: `commit "${commits.merge}" is a merge that Jenkins made; the git server does not have it`,
      hint: 'discover pull requests with the strategy "The current pull request revision"',
    });
  });

  test('that is the head of the pull request is fine', async () => {
    checkOut(commits.greet, serverBranches());
    await expect(refuse(commits.greet)).resolves.toBeUndefined();
  });

  test('that is a merge which its author pushed is fine', async () => {
    checkOut(commits.merge, { ...serverBranches(), 'refs/remotes/origin/PR-12': commits.merge });
    await expect(refuse(commits.merge)).resolves.toBeUndefined();
  });

  test('is not judged where another one is checked out, nor for another CI', async () => {
    checkOut(commits.greet, serverBranches());
    await expect(refuse(commits.merge)).resolves.toBeUndefined();
    checkOut(commits.merge, serverBranches());
    await expect(refuse(commits.merge, 'github')).resolves.toBeUndefined();
  });

  test('is not judged where no branch of the server is known', async () => {
    checkOut(commits.merge, {});
    await expect(refuse(commits.merge)).resolves.toBeUndefined();
  });

  test('is not judged where there is no checkout', async () => {
    await expect(refuse(commits.merge, 'jenkins', tmpdir())).resolves.toBeUndefined();
  });
});
