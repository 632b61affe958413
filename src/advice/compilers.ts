import type { ShellCommand } from './shell-commands.ts';

export type CompilerName = 'go' | 'cargo' | 'maven' | 'gradle' | 'ccache';

/** A call of a compiler that keeps what it made for the next time, if it has a folder that stays. */
export interface Compile {
  readonly compiler: CompilerName;
  /** For messages: `go build`. */
  readonly call: string;
  /** Whether its result is an artifact for some platform, and not the verdict of a test. */
  readonly yieldsArtifact: boolean;
}

interface Compiler {
  readonly name: CompilerName;
  readonly programs: readonly string[];
  /** What it is asked for, undefined where the words are no compile of sources. */
  readonly read: (words: readonly string[], variables: ReadonlyMap<string, string>) => string | undefined;
  /** Whether any call of it, of whatever kind, fetches what the project depends on. */
  readonly resolves?: boolean;
}

const mavenPhases: ReadonlySet<string> = new Set([
  ...['compile', 'test', 'package', 'verify', 'install', 'deploy'],
]);
const gradleTasks =
  /^(?::?[\w-]+:)*(?:build|assemble|classes|jar|bootJar|shadowJar|fatJar|war|installDist|distTar|distZip|test|check)$/;

const compilers: readonly Compiler[] = [
  { name: 'go', programs: ['go', 'xx-go'], read: readGo },
  { name: 'cargo', programs: ['cargo', 'xx-cargo'], read: readCargo },
  {
    name: 'maven',
    programs: ['mvn', 'mvnw'],
    resolves: true,
    read: (words) => online(words, ['-o', '--offline'], (word) => mavenPhases.has(word)),
  },
  {
    name: 'gradle',
    programs: ['gradle', 'gradlew'],
    resolves: true,
    read: (words) => online(words, ['--offline'], (word) => gradleTasks.test(word)),
  },
];

/** The compile that a command is; undefined for what is none, or compiles no sources of the caller's. */
export function compileOf({ words, variables }: ShellCommand): Compile | undefined {
  const [program = '', ...rest] = words;
  if (callsCcache(words, variables)) return { compiler: 'ccache', call: 'ccache', yieldsArtifact: true };
  const compiler = compilers.find(({ programs }) => programs.includes(program));
  const action = compiler?.read(rest, variables);
  if (compiler === undefined || action === undefined) return undefined;
  const yieldsArtifact = !/(?:^|:)(?:test|check)$/.test(action);
  return { compiler: compiler.name, call: `${compiler.programs[0]} ${action}`, yieldsArtifact };
}

/**
 * The compiler for which a command makes dependencies ready where there are no sources yet, and for which `cargo chef`
 * always does.
 */
export function preparedBy(command: ShellCommand, sourced: boolean): CompilerName | undefined {
  const [program = '', action] = command.words;
  if (program === 'cargo' && action === 'chef') return 'cargo';
  if (sourced) return undefined;
  const builder = compilers.find(({ programs }) => programs.includes(program));
  return builder?.resolves === true ? builder.name : compileOf(command)?.compiler;
}

/** A tool named with its version is a layer of its own, which no change of a source touches. */
function readGo([action = '', ...rest]: readonly string[]): string | undefined {
  if (!['build', 'install', 'test'].includes(action)) return undefined;
  return rest.some((word) => word.includes('@') || word === 'std') ? undefined : action;
}

/** With a wrapper such as sccache the results are kept elsewhere. */
function readCargo(words: readonly string[], variables: ReadonlyMap<string, string>): string | undefined {
  if (variables.has('RUSTC_WRAPPER')) return undefined;
  const [action = '', ...rest] = words.filter((word) => !word.startsWith('+'));
  if (action === 'install') return rest.includes('--path') ? action : undefined;
  return ['build', 'test'].includes(action) ? action : undefined;
}

function online(
  words: readonly string[],
  offline: readonly string[],
  compiles: (word: string) => boolean,
): string | undefined {
  return words.some((word) => offline.includes(word)) ? undefined : words.findLast(compiles);
}

const makers: ReadonlySet<string> = new Set(['make', 'ninja', 'cmake', 'meson']);

/** One that keeps its results at a server needs no folder. */
function callsCcache(words: readonly string[], variables: ReadonlyMap<string, string>): boolean {
  if (variables.has('CCACHE_REMOTE_STORAGE') || variables.has('CCACHE_SECONDARY_STORAGE')) return false;
  const [program = '', first = '-'] = words;
  if (program === 'ccache') return !first.startsWith('-');
  if (!makers.has(program)) return false;
  const compiler = variables.get('CC') ?? variables.get('CXX') ?? '';
  return (
    compiler.startsWith('ccache ') ||
    words.some((word) => /^(?:CC|CXX)=ccache |_COMPILER_LAUNCHER=ccache$/.test(word))
  );
}
