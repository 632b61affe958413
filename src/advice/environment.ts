/** The variables that decide how compilers behave; no other is kept. */
export const knownVariables: ReadonlySet<string> = new Set([
  ...['CGO_ENABLED', 'GOCACHE', 'RUSTC_WRAPPER', 'CC', 'CXX'],
  ...['CCACHE_REMOTE_STORAGE', 'CCACHE_SECONDARY_STORAGE'],
]);

/** `NAME=value`, the value quoted or not. */
const pair = /(?:^|\s)([A-Za-z_]\w*)=("[^"]*"|'[^']*'|\S*)/g;

/** The variables of a stage after ENV or ARG, in both forms of ENV. */
export function readVariables(
  instruction: string,
  before: ReadonlyMap<string, string>,
): ReadonlyMap<string, string> {
  const text = instruction.replace(/^\S+\s+/, '');
  const [, name = '', value = ''] = /^([A-Za-z_]\w*)\s+(.*)$/s.exec(text) ?? [];
  const pairs = [...text.matchAll(pair)].map((match): [string, string] => [match[1] ?? '', match[2] ?? '']);
  const found = name === '' ? pairs : [[name, value] as const];
  const kept = found
    .filter(([each]) => knownVariables.has(each))
    .map(([each, text]) => [each, unquoted(text)] as const);
  return kept.length === 0 ? before : new Map([...before, ...kept]);
}

function unquoted(value: string): string {
  return value.replace(/^(["'])(.*)\1$/s, '$2');
}
