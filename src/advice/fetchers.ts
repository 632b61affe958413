import type { ShellCommand } from './shell-commands.ts';

/** A command that fetches what a lock file or a list of requirements names. */
export interface Fetch {
  readonly fetcher: string;
  /** For messages: `npm ci`. */
  readonly call: string;
  /** The files that it needs, for messages. */
  readonly manifests: string;
}

interface Fetcher {
  readonly programs: readonly string[];
  readonly call: string;
  readonly manifests: string;
  readonly fetches: (words: readonly string[]) => boolean;
}

const node = (lock: string) => `"package.json" and "${lock}"`;

const fetchers: readonly Fetcher[] = [
  {
    programs: ['go'],
    call: 'go mod download',
    manifests: '"go.mod" and "go.sum"',
    fetches: ([first, second]) => first === 'mod' && second === 'download',
  },
  {
    programs: ['npm'],
    call: 'npm ci',
    manifests: node('package-lock.json'),
    fetches: ([action = '', ...rest]) =>
      ['ci', 'clean-install'].includes(action) || (['install', 'i'].includes(action) && namesNothing(rest)),
  },
  {
    programs: ['yarn'],
    call: 'yarn install',
    manifests: node('yarn.lock'),
    fetches: (words) => namesNothing(words[0] === 'install' ? words.slice(1) : words),
  },
  {
    programs: ['pnpm'],
    call: 'pnpm install',
    manifests: node('pnpm-lock.yaml'),
    fetches: ([action = '', ...rest]) =>
      action === 'fetch' || (['install', 'i'].includes(action) && namesNothing(rest)),
  },
  {
    programs: ['pip', 'pip3'],
    call: 'pip install -r',
    manifests: 'the files of requirements',
    fetches: installsRequirements,
  },
  {
    programs: ['bundle'],
    call: 'bundle install',
    manifests: '"Gemfile" and "Gemfile.lock"',
    fetches: ([action]) => action === 'install',
  },
  {
    programs: ['cargo'],
    call: 'cargo fetch',
    manifests: '"Cargo.toml" and "Cargo.lock"',
    fetches: ([action]) => action === 'fetch',
  },
];

/** What a command fetches for the project as a whole; undefined when it fetches nothing, or single packages. */
export function fetchOf({ words }: ShellCommand): Fetch | undefined {
  const [program = '', ...rest] = withoutPython(words);
  const found = fetchers.find(({ programs, fetches }) => programs.includes(program) && fetches(rest));
  if (found === undefined) return undefined;
  return { fetcher: found.programs[0] ?? program, call: found.call, manifests: found.manifests };
}

/** `python3 -m pip install` is `pip install`. */
function withoutPython(words: readonly string[]): readonly string[] {
  const [program = '', flag, module] = words;
  return /^python[\d.]*$/.test(program) && flag === '-m' && module === 'pip' ? words.slice(2) : words;
}

/** Options whose value is a word of its own. */
const valued: ReadonlySet<string> = new Set([
  ...[
    '--prefix',
    '--omit',
    '--include',
    '--only',
    '--loglevel',
    '--registry',
    '--cache',
    '--network-timeout',
  ],
  ...['--cwd', '--cache-folder', '--dir', '-C', '--store-dir', '--reporter', '--network-concurrency'],
]);

/** Whether there are options only, so that the manifest decides; what is taken from a cache fetches nothing. */
function namesNothing(words: readonly string[]): boolean {
  if (words.some((word) => ['--offline', '-g', '--global', '--version', '--help'].includes(word)))
    return false;
  return words.every((word, at) => word.startsWith('-') || valued.has(words[at - 1] ?? ''));
}

/** Not where the project itself is installed along, which needs its sources. */
function installsRequirements([action, ...rest]: readonly string[]): boolean {
  if (action !== 'install') return false;
  const requires = rest.some((word) => /^(?:-r.*|--requirement(?:=.*)?)$/.test(word));
  const local = rest.some((word) => /^(?:-e|--editable(?:=.*)?|\.{1,2}(?:[/[].*)?)$/.test(word));
  return requires && !local;
}
