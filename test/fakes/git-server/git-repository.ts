import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

/** A file of a commit: its content, or what else a tree can hold. */
export type GitFile =
  | string
  | Uint8Array
  | { readonly executable: string }
  | { readonly link: string }
  | { readonly submodule: string };

export type GitFiles = Readonly<Record<string, GitFile>> | ReadonlyMap<string, GitFile>;

export interface CommitOptions {
  /** Commits on it are its history. */
  readonly branch?: string;
  /** Top level names that no porcelain of git would write, for example `.git`. */
  readonly renamed?: Readonly<Record<string, string>>;
  /** Seconds since 1970. */
  readonly time?: number;
}

/** A bare repository that a commit can be put into, whatever is in it. */
export interface GitRepository {
  readonly directory: string;
  /** Returns the full id. */
  commit(files: GitFiles, options?: CommitOptions): string;
  /** Runs git in it and returns what it prints. */
  git(...args: string[]): string;
  /** The same, with this on its stdin. */
  feed(input: string, ...args: string[]): string;
}

/** Makes `owner/name.git` below `root`. */
export function createGitRepository(
  root: string,
  name: string,
  format: 'sha1' | 'sha256' = 'sha1',
): GitRepository {
  const directory = join(root, `${name}.git`);
  const options = ['--quiet', '--bare', '--template=', '--initial-branch=main', `--object-format=${format}`];
  run(root, ['init', ...options, directory]);
  const git = (...args: string[]) => run(directory, args).trim();
  return {
    directory,
    git,
    feed: (input, ...args) => run(directory, args, Buffer.from(input)).trim(),
    commit(files, { branch = 'main', renamed = {}, time = 1_633_003_200 } = {}) {
      const entries = files instanceof Map ? [...files] : Object.entries(files);
      const input = script(entries, { branch, time });
      const head = run(directory, ['fast-import', '--quiet', '--force'], input).trim();
      return Object.keys(renamed).length === 0 ? head : rename({ directory, head, branch, renamed, time });
    },
  };
}

interface ImportOptions {
  readonly branch: string;
  readonly time: number;
}

/** The input of `git fast-import`: one commit with these files and no others, whose id it prints. */
function script(entries: Iterable<readonly [string, GitFile]>, { branch, time }: ImportOptions): Buffer {
  const parts: (string | Uint8Array)[] = [
    `commit refs/heads/${branch}\nmark :1\n`,
    `committer t <t@example.com> ${time} +0000\ndata 6\ncommit\ndeleteall\n`,
  ];
  for (const [path, file] of entries) {
    const quoted = quote(path);
    if (typeof file === 'object' && 'submodule' in file) {
      parts.push(`M 160000 ${file.submodule} ${quoted}\n`);
      continue;
    }
    const [mode, content] = modeAndContent(file);
    parts.push(`M ${mode} inline ${quoted}\ndata ${content.length}\n`, content, '\n');
  }
  parts.push('get-mark :1\n');
  return Buffer.concat(parts.map((part) => Buffer.from(part)));
}

/** As C writes a text, which is how git reads a path. */
function quote(path: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is quoted
  const quoted = path.replace(/[\x00-\x1f"\\\x7f]/g, (character) => {
    return `\\${character.charCodeAt(0).toString(8).padStart(3, '0')}`;
  });
  return `"${quoted}"`;
}

function modeAndContent(file: Exclude<GitFile, { readonly submodule: string }>): [string, Uint8Array] {
  if (typeof file === 'string') return ['100644', Buffer.from(file)];
  if (file instanceof Uint8Array) return ['100644', file];
  return 'link' in file ? ['120000', Buffer.from(file.link)] : ['100755', Buffer.from(file.executable)];
}

interface Renaming extends ImportOptions {
  readonly directory: string;
  readonly head: string;
  readonly renamed: Readonly<Record<string, string>>;
}

/** `git mktree` takes names that nothing else of git would write. */
function rename({ directory, head, branch, renamed, time }: Renaming): string {
  const entries = run(directory, ['ls-tree', '-z', head]).split('\0').filter(Boolean);
  const changed = entries.map((entry) => {
    const [facts, name = ''] = entry.split('\t');
    return `${facts}\t${renamed[name] ?? name}\0`;
  });
  const tree = run(directory, ['mktree', '-z'], Buffer.from(changed.join(''))).trim();
  const date = `${time} +0000`;
  const commit = run(directory, ['commit-tree', '-m', 'commit', tree], undefined, {
    GIT_AUTHOR_DATE: date,
    GIT_COMMITTER_DATE: date,
  }).trim();
  run(directory, ['update-ref', `refs/heads/${branch}`, commit]);
  return commit;
}

function run(cwd: string, args: readonly string[], input?: Buffer, env: NodeJS.ProcessEnv = {}): string {
  const result = spawnSync('git', ['-c', 'user.name=t', '-c', 'user.email=t@example.com', ...args], {
    cwd,
    ...(input === undefined ? {} : { input }),
    env: { PATH: process.env.PATH, GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_SYSTEM: '/dev/null', ...env },
    maxBuffer: 1e9,
  });
  if (result.status !== 0) throw new Error(`git ${args[0]}: ${result.stderr}`);
  return result.stdout.toString();
}
