/** A command that a CI runner would obey. */
export interface ObeyedCommand {
  readonly name: string;
  readonly properties: Readonly<Record<string, string>>;
  readonly data: string;
}

/** The commands that GitHub's runner knows (runner@258d6c8, `ActionCommandManager.cs`). */
const known =
  'add-mask add-path add-matcher remove-matcher debug warning error notice group endgroup echo save-state set-env set-output';

/**
 * For tests: the commands in a log as GitHub's runner obeys them (`ActionCommandManager.cs`, `ActionCommand.cs`):
 * `::name k=v,k=v::data` at the start of a line or `##[name k=v;k=v]data` anywhere in it, known names only, and none
 * but the token between `stop-commands` and that token.
 */
export function obeyedByGithub(log: string): ObeyedCommand[] {
  const names = new Set(['stop-commands', ...known.split(' ')]);
  const obeyed: ObeyedCommand[] = [];
  let token: string | undefined;
  for (const line of log.split(/\r\n|\r|\n/)) {
    const command = readNewForm(line, names) ?? readOldForm(line, names);
    if (command === undefined || (token !== undefined && command.name !== token)) continue;
    obeyed.push(command);
    if (token !== undefined) names.delete(token);
    token = command.name === 'stop-commands' ? command.data.toLowerCase() : undefined;
    if (token !== undefined) names.add(token);
  }
  return obeyed;
}

function readNewForm(line: string, names: ReadonlySet<string>): ObeyedCommand | undefined {
  const text = line.trimStart();
  const end = text.indexOf('::', 2);
  if (!text.startsWith('::') || end < 0) return undefined;
  const codes: Codes = [
    ['%0D', '\r'],
    ['%0A', '\n'],
    ['%25', '%'],
  ];
  const head = parseHead(text.slice(2, end).trimEnd(), ',', [['%3A', ':'], ['%2C', ','], ...codes]);
  return names.has(head.name) ? { ...head, data: decode(text.slice(end + 2), codes) } : undefined;
}

function readOldForm(line: string, names: ReadonlySet<string>): ObeyedCommand | undefined {
  const codes: Codes = [
    ['%3B', ';'],
    ['%0D', '\r'],
    ['%0A', '\n'],
    ['%5D', ']'],
    ['%25', '%'],
  ];
  return readBracketed(line, '##[', codes, (name) => names.has(name));
}

/** Likewise as Azure's agent obeys them (azure-pipelines-agent@42bde98, `Command.cs`): anywhere in a line. */
export function obeyedByAzure(log: string): ObeyedCommand[] {
  const codes: Codes = [
    ['%3B', ';'],
    ['%0D', '\r'],
    ['%0A', '\n'],
    ['%5D', ']'],
    ['%AZP25', '%'],
  ];
  const areaAndEvent = (name: string) => name.split('.').filter((part) => part !== '').length === 2;
  return log
    .split(/\r\n|\r|\n/)
    .map((line) => readBracketed(line, '##vso[', codes, areaAndEvent))
    .filter((command) => command !== undefined);
}

type Codes = readonly (readonly [code: string, text: string])[];

function readBracketed(
  line: string,
  prefix: string,
  codes: Codes,
  accepts: (name: string) => boolean,
): ObeyedCommand | undefined {
  const start = line.indexOf(prefix);
  const end = line.indexOf(']', start);
  if (start < 0 || end < 0) return undefined;
  const head = parseHead(line.slice(start + prefix.length, end), ';', codes);
  return accepts(head.name) ? { ...head, data: decode(line.slice(end + 1), codes) } : undefined;
}

function parseHead(text: string, separator: string, codes: Codes): Omit<ObeyedCommand, 'data'> {
  const blank = text.indexOf(' ');
  const name = blank < 0 ? text : text.slice(0, blank);
  const pairs = blank < 0 ? [] : text.slice(blank + 1).split(separator);
  const properties = pairs.flatMap((pair) => {
    const [, key, value] = /^=*([^=]+)=+([^=].*)$/su.exec(pair) ?? [];
    return key === undefined || value === undefined ? [] : [[key, decode(value, codes)]];
  });
  return { name: name.toLowerCase(), properties: Object.fromEntries(properties) };
}

function decode(text: string, codes: Codes): string {
  return codes.reduce((done, [code, meaning]) => done.replaceAll(code, meaning), text);
}
