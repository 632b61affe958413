import type { Secret } from '../core/index.ts';

type CommandName = 'error' | 'warning' | 'notice' | 'debug' | 'group' | 'endgroup' | 'add-mask';

/** Where an annotation belongs; the path is relative to the repository, the rest counted from 1. */
export interface AnnotationProperties {
  readonly title?: string | undefined;
  readonly file?: string | undefined;
  readonly line?: number | undefined;
  readonly endLine?: number | undefined;
  readonly col?: number | undefined;
  readonly endColumn?: number | undefined;
}

/** A command to the runner, as a line without its end; no text in it can be taken for another command or property. */
export function workflowCommand(
  name: CommandName,
  properties: AnnotationProperties = {},
  message = '',
): string {
  const pairs = Object.entries(properties).flatMap(([key, value]) =>
    value === undefined ? [] : [`${key}=${escapeProperty(String(value))}`],
  );
  return `::${name}${pairs.length === 0 ? '' : ` ${pairs.join(',')}`}::${escapeData(message)}`;
}

/** Has the runner replace a value by `***` in everything that it shows from now on; of several lines each. */
export function addMask(secret: Secret): string {
  return workflowCommand('add-mask', {}, secret.reveal());
}

function escapeData(text: string): string {
  return text.toWellFormed().replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

function escapeProperty(text: string): string {
  return escapeData(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
}
