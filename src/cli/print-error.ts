import { type ImageBuilderError, isFailure, type Problem, reasonOf } from '../core/index.ts';
import { annotateError, type DisplayMode, neutralise, neutraliseLine, printJson } from '../progress/index.ts';

export interface ErrorStyle {
  readonly debug: boolean;
  /** One JSON object on one line with `json`; lines and an annotation for a CI runner. */
  readonly mode: DisplayMode;
}

/** Prints one clear error: the thing, the place, the way out. A stack only for our own bugs, and only with --debug. */
export function printError(error: unknown, stderr: NodeJS.WritableStream, { debug, mode }: ErrorStyle): void {
  if (mode === 'json') stderr.write(printJson(errorObject(error)));
  else {
    const annotation = annotateError(mode, error);
    const lines = [...errorLines(error, debug), ...(annotation === undefined ? [] : [annotation])];
    stderr.write(`${lines.join('\n')}\n`);
  }
}

function errorObject(error: unknown): Record<string, unknown> {
  if (!isFailure(error)) return { kind: 'error', code: 'internal', message: reasonOf(error) };
  const { code, message, details, hint } = error;
  return { kind: 'error', code, message, details, hint };
}

function errorLines(error: unknown, debug: boolean): string[] {
  if (!isFailure(error) || isFailure(error, 'internal')) return bugLines(error, debug);
  const lines = [`error: ${neutralise(error.message)}`, ...detailLines(error)];
  if (error.hint !== undefined) lines.push(`hint: ${neutralise(error.hint)}`);
  if (debug) lines.push(`code: ${error.code}`, ...causes(error));
  return lines;
}

function bugLines(error: unknown, debug: boolean): string[] {
  const hint = 'hint: this is a bug in image-builder; run again with --debug and report what it prints';
  const stack =
    error instanceof Error ? [error.cause instanceof Error ? error.cause.stack : error.stack] : [];
  return [
    `error: ${neutralise(reasonOf(error))}`,
    hint,
    ...(debug ? stack.map((text) => neutralise(text ?? '')) : []),
  ];
}

function detailLines(error: ImageBuilderError): string[] {
  if (isFailure(error, 'config.invalid')) return error.details.problems.flatMap(problemLines);
  if (isFailure(error, 'build.failed')) return buildLines(error.details);
  if (isFailure(error, 'run.failed')) return buildLines({ ...error.details, output: [] });
  if (isFailure(error, 'publish.incomplete'))
    return error.details.failed.map((line) => `  ${neutralise(line)}`);
  if (isFailure(error, 'signing.failed') || isFailure(error, 'signing.unavailable'))
    return unnamed(error.message, error.details.failed);
  return [];
}

/** What failed, unless the message says it. */
function unnamed(message: string, failed: readonly string[]): string[] {
  return failed.filter((name) => !message.includes(name)).map((name) => `  ${neutraliseLine(name)}`);
}

function buildLines({ file, line, output }: ImageBuilderError<'build.failed'>['details']): string[] {
  const place =
    file === undefined ? [] : [`  at ${neutraliseLine(file)}${line === undefined ? '' : `:${line}`}`];
  return [...place, ...output.map((text) => `  | ${neutralise(text)}`)];
}

function problemLines(problem: Problem): string[] {
  const place = [problem.source, problem.line, problem.column].filter((part) => part !== undefined).join(':');
  const path = problem.path === undefined || problem.path === '' ? '' : `${problem.path}: `;
  const line = neutraliseLine(`${place === '' ? '' : `${place}: `}${path}${problem.message}`);
  return problem.hint === undefined ? [`  ${line}`] : [`  ${line}`, `    ${neutralise(problem.hint)}`];
}

function causes(error: ImageBuilderError): string[] {
  const lines: string[] = [];
  for (let cause = error.cause; cause !== undefined && lines.length < 10; ) {
    lines.push(`cause: ${neutralise(reasonOf(cause))}`);
    cause = cause instanceof Error ? cause.cause : undefined;
  }
  return lines;
}
