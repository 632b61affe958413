/**
 * Reads `GITHUB_OUTPUT` or `GITHUB_STATE` as the runner does (`FileCommandManager.cs` of actions/runner 2.336.0): of
 * `=` and `<<` whichever comes first decides, and a value ends before the line that is its delimiter.
 */
export function readFileCommand(text: string): ReadonlyMap<string, string> {
  const values = new Map<string, string>();
  const lines = text.split('\n');
  const last = lines.length - 1;
  for (let at = 0; at < lines.length; at++) {
    const line = lines[at] ?? '';
    if (line === '') continue;
    const [, name = '', operator, rest = ''] = /^(.*?)(=|<<)(.*)$/s.exec(line) ?? [];
    if (operator === undefined || name === '') throw new Error(`invalid format "${line}"`);
    if (operator === '=') {
      values.set(name, rest);
      continue;
    }
    if (rest === '') throw new Error(`invalid format "${line}": the delimiter is empty`);
    const end = lines.indexOf(rest, at + 1);
    if (end < 0 || at === last) throw new Error(`no line is the delimiter "${rest}"`);
    values.set(name, lines.slice(at + 1, end).join('\n'));
    at = end;
  }
  return values;
}
