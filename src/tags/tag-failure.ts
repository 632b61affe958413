import { type FailureOptions, ImageBuilderError, isFailure, type Problem } from '../core/index.ts';

/** Characters of a foreign text that a message shows. */
const shownLength = 96;

/** A fault in a tag that is known by its name or its text. */
export function tagFailure(
  tag: string,
  message: string,
  options: FailureOptions = {},
): ImageBuilderError<'tag.invalid'> {
  return new ImageBuilderError('tag.invalid', message, { tag }, options);
}

/** What is wrong inside a template: `problem` continues the words `tag template "…"`, `position` is 1-based. */
interface TemplateFault {
  readonly problem: string;
  readonly position: number;
  readonly hint?: string | undefined;
}

/** A fault in the template `text`, saying the column. */
export function templateFailure(text: string, fault: TemplateFault): ImageBuilderError<'tag.invalid'> {
  const message = `tag template ${quoted(text)} ${fault.problem} at column ${fault.position}`;
  const details = { tag: text, position: fault.position };
  return new ImageBuilderError('tag.invalid', message, details, { hint: fault.hint });
}

/** Makes the error of the call that is being evaluated; `problem` continues the words `tag template "…"`. */
export type Blame = (problem: string, hint?: string) => Error;

/** The fault in a tag that `check` finds, as a problem of the text where it stands. */
export function problemOf(check: () => unknown): Problem | undefined {
  try {
    check();
    return undefined;
  } catch (error) {
    if (!isFailure(error, 'tag.invalid')) throw error;
    return { message: error.message, ...(error.hint === undefined ? {} : { hint: error.hint }) };
  }
}

/** A foreign text for a message, in quotes. */
export function quoted(untrustedText: string): string {
  return `"${oneLine(untrustedText)}"`;
}

/** A foreign text for a message: on one line, not too long, without control characters. */
export function oneLine(untrustedText: string): string {
  const characters = [...untrustedText.slice(0, 2 * shownLength + 1)];
  const cut = characters.length > shownLength;
  const shown = (cut ? characters.slice(0, shownLength) : characters).join('');
  return shown.replaceAll(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu, escaped) + (cut ? '…' : '');
}

function escaped(character: string): string {
  if (character === '\n') return '\\n';
  if (character === '\t') return '\\t';
  return `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`;
}
