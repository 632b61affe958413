import { type CommandProperties, printProperties } from './command-properties.ts';

/**
 * A workflow command of GitHub's runner as one line, without the line break. The runner reads exactly these values:
 * what is untrusted in them has to be neutralised first.
 */
export function githubCommand(name: string, properties: CommandProperties, message: string): string {
  const printed = printProperties(properties, { separator: ',', encode: encodeProperty });
  return `::${name}${printed}::${encodeData(message)}`;
}

function encodeData(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

function encodeProperty(text: string): string {
  return encodeData(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
}
