import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** One entry of the machine's package sources: the fields of a deb822 stanza, by their names in lower case. */
export type SourceStanza = ReadonlyMap<string, string>;

/** Reads every source of a Debian machine, from `*.list` lines and `*.sources` stanzas alike. */
export function readMachineSources(folder = '/etc/apt'): SourceStanza[] {
  const parts = join(folder, 'sources.list.d');
  const files = [join(folder, 'sources.list'), ...names(parts).map((name) => join(parts, name))];
  return files.flatMap((file) => {
    if (file.endsWith('.sources')) return parseStanzas(readFileSync(file, 'utf8'));
    return file.endsWith('.list') && existsSync(file) ? parseLines(readFileSync(file, 'utf8')) : [];
  });
}

/** The machine's source of its own release: the mirror, keys and options to use for other suites as well. */
export function findDebianSource(
  sources: readonly SourceStanza[],
  codename: string,
): SourceStanza | undefined {
  const aliases = [codename, 'stable', 'oldstable', 'oldoldstable', 'testing', 'unstable', 'sid'];
  const usable = sources.filter(
    (source) =>
      words(source.get('types')).includes('deb') &&
      words(source.get('components')).includes('main') &&
      source.get('enabled') !== 'no',
  );
  return aliases
    .map((alias) => usable.find((source) => words(source.get('suites')).includes(alias)))
    .find((source) => source !== undefined);
}

/** Fields that are given anew, and those of one-line options that would name them again. */
const replaced = new Set(
  'types suites components architectures arch languages lang targets target enabled'.split(' '),
);

/** The same source for another suite, only its package lists, as the text of a `.sources` file. */
export function sourceForSuite(source: SourceStanza, suite: string): string {
  const kept = [...source].filter(([field]) => !replaced.has(field));
  const fields = [
    ...kept,
    ['types', 'deb'],
    ['suites', suite],
    ['components', 'main'],
    ['targets', 'Packages'],
  ];
  return `${fields.map(([field, value]) => `${field}: ${value}`).join('\n')}\n`;
}

/** sources.list(5) of apt 2.6, "deb822-style format". */
function parseStanzas(text: string): SourceStanza[] {
  const lines = text.split('\n').filter((line) => !line.startsWith('#'));
  const stanzas = lines.join('\n').split(/\n\s*\n/);
  return stanzas.flatMap((stanza) => {
    const fields = [...stanza.matchAll(/^(\S+?):[ \t]*(.*(?:\n[ \t].*)*)/gm)];
    return fields.length === 0
      ? []
      : [new Map(fields.map(([, name = '', value = '']) => [name.toLowerCase(), value]))];
  });
}

/** sources.list(5) of apt 2.6, "one-line-style format". */
function parseLines(text: string): SourceStanza[] {
  return text.split('\n').flatMap((line) => {
    const match = /^\s*(deb|deb-src)\s+(?:\[([^\]]*)\]\s+)?(\S+)\s+(\S+)\s*([^#]*)/.exec(line);
    if (!match) return [];
    const [, types = '', options = '', uris = '', suites = '', components = ''] = match;
    const given = words(options).map((option): [string, string] => {
      const [name = '', value = ''] = option.split('=');
      return [name.toLowerCase(), value.replaceAll(',', ' ')];
    });
    return [
      new Map([...given, ['types', types], ['uris', uris], ['suites', suites], ['components', components]]),
    ];
  });
}

function words(text: string | undefined): string[] {
  return (text ?? '').split(/\s+/).filter((word) => word !== '');
}

function names(folder: string): string[] {
  return existsSync(folder) ? readdirSync(folder).sort() : [];
}
