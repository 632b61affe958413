import { type Instruction, wordsOf } from '../dockerfile/index.ts';

/** What COPY and ADD take from the build context, or with `--from` from elsewhere, as it is written. */
export function copiedFiles(instruction: Instruction): readonly string[] {
  const words = wordsOf(instruction);
  const first = words.findIndex((word) => !word.startsWith('--'));
  const rest = first < 0 ? [] : words.slice(first);
  const files = (listForm(rest.join(' ')) ?? rest).slice(0, -1);
  return files.filter((file) => !/^(?:<<|[a-z]+:\/\/|git@)/i.test(file));
}

function listForm(text: string): readonly string[] | undefined {
  if (!text.startsWith('[')) return undefined;
  try {
    const words: unknown = JSON.parse(text);
    return Array.isArray(words) ? words.filter((word) => typeof word === 'string') : undefined;
  } catch {
    return undefined;
  }
}

/** Whether a path or pattern means all of the build context. */
export function isWholeContext(file: string): boolean {
  return /^(?:\.?\/?|(?:\.?\/)?\*{1,2})$/.test(file);
}

const manifests = [
  /^(?:go\.(?:mod|sum|work|work\.sum)|vendor\.mod)$/,
  /^(?:package[^/]*\.json|npm-shrinkwrap\.json|\.npmrc|yarn\.lock|\.yarnrc[^/]*|pnpm-[^/]*\.yaml|bun\.lockb?)$/,
  /^(?:[^/]*requirements[^/]*\.(?:txt|in)|pyproject\.toml|poetry\.lock|uv\.lock|Pipfile(?:\.lock)?|constraints[^/]*\.txt)$/,
  /^(?:Cargo\.(?:toml|lock)|Cargo\.\*|rust-toolchain(?:\.toml)?|recipe\.json)$/,
  /^(?:pom\.xml|mvnw|\.mvn|settings\.xml|[^/]*\.gradle(?:\.kts)?|gradlew|gradle|gradle\.properties|libs\.versions\.toml)$/,
  /^(?:Gemfile[^/]*|\.ruby-version|composer\.(?:json|lock)|[^/]*\.csproj|[^/]*\.sln|NuGet\.config)$/i,
];

/** Characters; no manifest is called anything longer. */
const longestName = 100;

/** Whether a file only tells what a project depends on, and changes far less often than sources do. */
export function isManifest(file: string): boolean {
  const [name = ''] = file.replace(/\/+$/, '').split('/').slice(-1);
  return name.length <= longestName && manifests.some((pattern) => pattern.test(name));
}
