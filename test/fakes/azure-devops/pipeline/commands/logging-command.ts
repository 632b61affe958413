/** A `##vso[area.event name=value;…]data` somewhere in a line of output. */
export interface LoggingCommand {
  readonly area: string;
  readonly event: string;
  /** Names in lower case. */
  readonly properties: ReadonlyMap<string, string>;
  readonly data: string;
}

const prefix = '##vso[';

/** As the agent's `Command.TryParse`: the first one in the line, wherever it stands. */
export function parseLoggingCommand(line: string): LoggingCommand | undefined {
  const start = line.indexOf(prefix);
  const end = start < 0 ? -1 : line.indexOf(']', start);
  if (end < 0) return undefined;
  const head = line.slice(start + prefix.length, end);
  const [, name = '', list = ''] = /^([^ ]*) ?(.*)$/s.exec(head) ?? [];
  const [area, event, ...more] = name.split('.').filter((part) => part !== '');
  if (area === undefined || event === undefined || more.length > 0) return undefined;
  return { area, event, properties: propertiesOf(list), data: unescapeData(line.slice(end + 1)) };
}

function propertiesOf(list: string): ReadonlyMap<string, string> {
  const pairs = list.split(';').flatMap((text): [string, string][] => {
    const equals = text.indexOf('=');
    const [name, value] = [text.slice(0, equals), text.slice(equals + 1)];
    return equals < 1 || value === '' ? [] : [[name.toLowerCase(), unescapeData(value)]];
  });
  return new Map(pairs);
}

const escapes: readonly [string, string][] = [
  ['%3B', ';'],
  ['%0D', '\r'],
  ['%0A', '\n'],
  ['%5D', ']'],
  ['%AZP25', '%'],
];

function unescapeData(text: string): string {
  return escapes.reduce((result, [escaped, plain]) => result.replaceAll(escaped, plain), text);
}
