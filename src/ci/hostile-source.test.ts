import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { GitFault, GitRequest } from '../../test/fakes/git-server/fake-git-server.ts';
import type { GitRepository } from '../../test/fakes/git-server/git-repository.ts';
import { type GitStand, openGitStand, plantedToken } from '../../test/fakes/git-server/git-stand.ts';
import { Secret } from '../core/index.ts';
import type { FetchLimits } from './fetch-session.ts';
import { fetchSource, type SourcePlace } from './fetch-source.ts';
import type { SourceRequest } from './source-request.ts';

const isTransfer = ({ path }: GitRequest) => path.endsWith('/git-upload-pack');

interface Hostile {
  /** The commit to ask for; of a repository with one harmless file unless given. */
  readonly commit?: (stand: GitStand) => string;
  readonly request?: Partial<SourceRequest>;
  readonly limits?: Partial<FetchLimits>;
  readonly place?: (stand: GitStand) => Partial<SourcePlace>;
  readonly fault?: (request: GitRequest, stand: GitStand) => GitFault | undefined;
  readonly code: string;
  /** `HOST` stands for the server, `COMMIT` for the commit, `…` for what this version of git says. */
  readonly message: string;
}

/** Asks for a hostile thing; returns the error, when everything else is as it should be. */
async function ask(hostile: Hostile): Promise<{ readonly code: unknown; readonly message: string }> {
  const { commit = ({ repository }) => repository.commit({ a: 'one' }), fault } = hostile;
  const stand: GitStand = await openGitStand({ fault: (asked) => fault?.(asked, stand) });
  const commitSha = commit(stand);
  const place = stand.place(hostile.limits, hostile.place?.(stand));
  const request = stand.request(commitSha, hostile.request);
  const error = await fetchSource(request, place).then(
    () => new Error('fetched'),
    (thrown: Error) => thrown,
  );
  expect(existsSync(place.folder)).toBe(false);
  expect(processesWith(stand.server.host)).toEqual([]);
  expect(JSON.stringify([error, error.message, String(error.stack)])).not.toContain(plantedToken);
  const message = error.message.replaceAll(stand.server.host, 'HOST').replaceAll(commitSha, 'COMMIT');
  return { code: 'code' in error ? error.code : undefined, message };
}

/** One test for each, whose error is compared. */
function attack(rows: Readonly<Record<string, Hostile>>): void {
  const cases = Object.entries(rows);
  test.each(cases)(
    '%s is one clear error',
    async (_, hostile) => {
      const error = await ask(hostile);
      const [begin = '', end] = hostile.message.split('…');
      const message = end === undefined ? error.message : `${error.message.slice(0, begin.length)}…`;
      expect({ ...error, message }).toEqual({ code: hostile.code, message: hostile.message });
    },
    30_000,
  );
}

function processesWith(text: string): readonly string[] {
  const lines = execFileSync('ps', ['-eo', 'args'], { encoding: 'utf8' }).split('\n');
  return lines.filter((line) => line.includes(text));
}

describe('a server that', () => {
  const html = { status: 200, headers: { 'content-type': 'text/html' }, body: '<html>log in</html>' };
  const refused = (status: number) => ({
    code: 'source.refused',
    message: `"HOST" does not give out "team/app": it answers ${status}`,
  });
  const unavailable = (reason: string) => ({
    code: 'source.unavailable',
    message: `"https://HOST/team/app" cannot be read: ${reason}`,
  });
  const late = { code: 'source.unavailable', message: 'fetching "team/app" took longer than 1 s' };
  const elsewhere = { status: 307, headers: { location: 'https://127.0.0.1:1/team/app.git' } };
  const duringTransfer = (fault: GitFault) => (asked: GitRequest) => (isTransfer(asked) ? fault : undefined);

  attack({
    'does not take the token': { place: withToken('other'), ...refused(401) },
    'wants a token where there is none': { place: withToken(undefined), ...refused(401) },
    'knows no such repository': {
      request: { name: 'other' },
      code: 'source.refused',
      message: '"HOST" does not give out "team/other": it answers 404',
    },
    forbids: { fault: () => ({ status: 403 }), ...refused(403) },
    'sends us elsewhere': { fault: () => elsewhere, ...refused(307) },
    'sends the transfer elsewhere': {
      fault: duringTransfer(elsewhere),
      ...unavailable('RPC failed; HTTP 307 …'),
    },
    'answers with a page': {
      fault: () => html,
      ...unavailable('it answers with "text/html", as no git server does'),
    },
    'answers the transfer with a page': { fault: duringTransfer(html), ...unavailable('…') },
    'is broken': { fault: () => ({ status: 500 }), ...unavailable('500') },
    'hangs up': { fault: () => 'reset', ...unavailable('the connection was closed') },
    'hangs up during the transfer': { fault: duringTransfer('reset'), ...unavailable('RPC failed; …') },
    'says nothing': { fault: () => 'silence', limits: { seconds: 1 }, ...late },
    'falls silent': {
      fault: duringTransfer('stall'),
      limits: { stallSeconds: 1 },
      ...unavailable('RPC failed; …'),
    },
    'falls silent until time is up': { fault: duringTransfer('stall'), limits: { seconds: 1 }, ...late },
    'sends a file that never ends': {
      fault: duringTransfer('flood'),
      limits: { megabytes: 4 },
      code: 'source.too-large',
      message: 'the commit of "team/app" has more than 4 megabytes',
    },
    'cannot prove who it is': {
      place: ({ place }) => ({ servers: place().servers.map((server) => ({ ...server, ca: undefined })) }),
      ...unavailable('the certificate is not trusted (SELF_SIGNED_CERT_IN_CHAIN)'),
    },
    'is not configured': {
      request: { host: 'git.example.com' },
      code: 'policy.denied',
      message: 'source is not fetched from "git.example.com"',
    },
    'does not have the commit': {
      commit: () => '1'.repeat(40),
      code: 'source.invalid',
      message: '"team/app" has no commit "COMMIT"',
    },
    'sends another commit': {
      commit: ({ repository }) => {
        repository.commit({ a: 'harmless' }, { branch: 'other' });
        return repository.commit({ a: 'wanted' });
      },
      fault: (asked, { repository }) =>
        isTransfer(asked)
          ? { wanted: repository.git('rev-parse', 'main'), sent: repository.git('rev-parse', 'other') }
          : undefined,
      ...unavailable('it did not send commit "COMMIT", but something else'),
    },
  });

  function withToken(token: string | undefined): NonNullable<Hostile['place']> {
    const secret = token === undefined ? undefined : new Secret(token);
    return ({ place }) => ({ servers: place().servers.map((server) => ({ ...server, token: secret })) });
  }
});

describe('a request', () => {
  const repository = (owner: string, name: string) => ({
    request: { owner, name },
    code: 'request.invalid',
    message: `"${owner}/${name}" on "HOST" can be no repository`,
  });
  const commit = (text: string) => ({
    commit: () => text,
    code: 'request.invalid',
    message: '"COMMIT" is no commit',
  });
  const ref = (text: string) => ({
    request: { ref: text },
    code: 'request.invalid',
    message: `"${text}" is no full ref`,
  });
  const host = (text: string) => ({
    request: { host: text },
    code: 'request.invalid',
    message: `"team/app" on "${text}" can be no repository`,
  });

  attack({
    'for a repository above all others': repository('..', 'app'),
    'for a repository that is an address': repository('team', 'app?service=x#'),
    'for a repository in a repository': repository('team', 'app.git/../../other'),
    'for a repository with an encoded slash': repository('team', '..%2f..%2fother'),
    'for a repository without a name': repository('team', ''),
    'for a repository with a line end': repository('team', 'app\nHost: evil'),
    'for an option in place of a commit': commit('--upload-pack=touch /tmp/x'),
    'for a branch in place of a commit': commit('main'),
    'for part of a commit id': commit('abcdef1'),
    'for a commit id in upper case': commit('ABCDEF0123456789ABCDEF0123456789ABCDEF01'),
    'for a commit id and more': commit(`${'1'.repeat(40)}:refs/heads/x`),
    'for the commit of a deleted branch': commit('0'.repeat(40)),
    'from an option in place of a ref': ref('--upload-pack=touch /tmp/x'),
    'from a ref that climbs': ref('refs/heads/../../x'),
    'from a ref with a pattern': ref('refs/heads/*'),
    'from a ref with a space': ref('refs/heads/a b'),
    'from a ref with an invisible character': ref('refs/heads/a\u202eb'),
    'from a host with a login': host('user:password@github.com'),
    'from a host with a path': host('github.com/other'),
    'from an option in place of a host': host('--upload-pack=x'),
    'from a file': host('file:///etc'),
  });
});

describe('a commit', () => {
  const notOut = {
    code: 'source.invalid',
    message: 'commit "COMMIT" of "team/app" cannot be checked out: …',
  };
  const noCommit = { code: 'source.invalid', message: '"team/app" has no commit "COMMIT"' };
  const tooMany = { code: 'source.too-large', message: 'the commit of "team/app" has more than 1000 files' };
  const tooBig = {
    limits: { megabytes: 4 },
    code: 'source.too-large',
    message: 'the commit of "team/app" has more than 4 megabytes',
  };

  attack({
    'with a git configuration and a filter in it': {
      commit: ({ repository }) =>
        repository.commit(
          { '.gitattributes': '* filter=evil\n', 'g/config': '[filter "evil"]\n\tsmudge = touch /tmp/x\n' },
          { renamed: { g: '.git' } },
        ),
      ...notOut,
    },
    'with a hook': {
      commit: ({ repository }) =>
        repository.commit(
          { 'g/hooks/post-checkout': { executable: '#!/bin/sh\n' } },
          { renamed: { g: '.GIT' } },
        ),
      ...notOut,
    },
    'with a file above it': {
      commit: ({ repository }) => repository.commit({ 'u/x': 'x' }, { renamed: { u: '..' } }),
      ...notOut,
    },
    'with a name that no file system takes': {
      commit: ({ repository }) => repository.commit({ [`${'x'.repeat(300)}\u001b[31m##vso[x]`]: 'x' }),
      ...notOut,
    },
    'with a path that no file system takes': {
      commit: ({ repository }) => repository.commit({ [Array(70).fill('x'.repeat(250)).join('/')]: 'x' }),
      code: 'source.invalid',
      message: 'commit "COMMIT" of "team/app" has files that git cannot list',
    },
    'that is a tag': {
      commit: ({ repository }) => {
        repository.commit({ a: 'one' });
        repository.git('tag', '-a', '-m', 'x', 'v1');
        return repository.git('rev-parse', 'v1');
      },
      ...noCommit,
    },
    'that is a tree': {
      commit: ({ repository }) => repository.git('rev-parse', `${repository.commit({ a: 'one' })}^{tree}`),
      ...noCommit,
    },
    'that is a file': {
      commit: ({ repository }) => repository.git('rev-parse', `${repository.commit({ a: 'one' })}:a`),
      ...noCommit,
    },
    'from the end of time': {
      commit: ({ repository }) => repository.commit({ a: 'one' }, { time: 999_999_999_999 }),
      code: 'source.invalid',
      message: 'commit "COMMIT" says that it is from no time between 1970 and 9999',
    },
    'with too many files': {
      commit: ({ repository }) =>
        repository.commit(new Map(Array.from({ length: 1001 }, (_, at) => [`f${at}`, '']))),
      ...tooMany,
    },
    'with ten thousand million files in ten folders': {
      commit: ({ repository }) => bomb(repository),
      ...tooMany,
    },
    'with a large file that is small in git': {
      commit: ({ repository }) => repository.commit({ zeros: Buffer.alloc(5 * 2 ** 20) }),
      ...tooBig,
    },
    'with files that are too much together': {
      commit: ({ repository }) =>
        repository.commit(new Map(Array.from({ length: 5 }, (_, at) => [`f${at}`, Buffer.alloc(2 ** 20)]))),
      ...tooBig,
    },
  });
});

/** Ten folders, each of which holds ten times the same folder, and so on: a few hundred bytes in git. */
function bomb({ feed }: GitRepository): string {
  const tree = (entry: string) => {
    const entries = Array.from({ length: 10 }, (_, at) => `${entry}\t${at}`);
    return feed(entries.join('\n'), 'mktree');
  };
  let folder = tree(`100644 blob ${feed('x', 'hash-object', '-w', '--stdin')}`);
  for (let level = 1; level < 10; level++) folder = tree(`040000 tree ${folder}`);
  const commit = feed('', 'commit-tree', '-m', 'bomb', folder);
  feed('', 'update-ref', 'refs/heads/main', commit);
  return commit;
}
