import { type CommandProperties, printProperties } from './command-properties.ts';

/**
 * A logging command of Azure's agent as one line, without the line break; `name` is such as `task.logissue`. The agent
 * reads exactly these values: what is untrusted in them has to be neutralised first.
 */
export function azureCommand(name: string, properties: CommandProperties, message: string): string {
  return `##vso[${name}${printProperties(properties, { separator: ';', encode })}]${encode(message)}`;
}

function encode(text: string): string {
  return text
    .replaceAll('%', '%AZP25')
    .replaceAll('\r', '%0D')
    .replaceAll('\n', '%0A')
    .replaceAll(']', '%5D')
    .replaceAll(';', '%3B');
}
