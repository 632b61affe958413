import { azureCommand } from './azure-command.ts';
import { githubCommand } from './github-command.ts';
import { neutralise, neutraliseLine } from './neutralise.ts';

/** Something that a CI runner shows apart from the log, if it has a place, on that line of the source. */
export interface Annotation {
  readonly level: 'warning' | 'error';
  readonly message: string;
  readonly title?: string | undefined;
  /** Code of a failure. */
  readonly code?: string | undefined;
  /** Relative to the checkout. */
  readonly file?: string | undefined;
  /** From 1. */
  readonly line?: number | undefined;
}

/** The command that makes GitHub's runner annotate, neutralised. */
export function githubAnnotation({ level, message, title, code, file, line }: Annotation): string {
  const properties = { file: inLine(file), line, title: inLine(title ?? code) };
  return githubCommand(level, properties, neutralise(message));
}

/** The command that makes Azure's agent keep an issue, neutralised. */
export function azureAnnotation({ level, message, code, file, line }: Annotation): string {
  const properties = { type: level, sourcepath: inLine(file), linenumber: line, code: inLine(code) };
  return azureCommand('task.logissue', properties, neutralise(message));
}

function inLine(text: string | undefined): string | undefined {
  return text === undefined ? undefined : neutraliseLine(text);
}
