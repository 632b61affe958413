import { reasonOf } from '../core/index.ts';
import type { TagTemplate } from './tag.ts';
import { quoted, tagFailure } from './tag-failure.ts';
import { requireTagName } from './tag-name.ts';

const base64Alphabet = /^[A-Za-z0-9+/_-]*$/;

/**
 * Reads `value` or `name=value`, split at the first `=`. A name left out is the value as given, before rendering,
 * without characters outside `[a-zA-Z0-9_-]`: it is known before the build and the same in every build.
 */
export function parseTagArgument(untrustedText: string): TagTemplate {
  const text = untrustedText.trim();
  const equals = text.indexOf('=');
  const value = text.slice(equals + 1).trim();
  if (value === '') {
    throw tagFailure(text, `tag ${quoted(text)} has no value`, { hint: 'write value or name=value' });
  }
  const name = equals < 0 ? value.replaceAll(/[^a-zA-Z0-9_-]/g, '') : text.slice(0, equals).trim();
  requireTagName(name, value);
  return { name, value };
}

/**
 * Reads tags from the base64 (standard or URL-safe, padded or not, white space ignored) of a UTF-8 text that separates
 * them by commas or line breaks. A comma always separates, inside a template too; blanks are dropped.
 */
export function parseTagsBase64(untrustedText: string): readonly TagTemplate[] {
  return decodeBase64Text(untrustedText)
    .split(/[,\r\n]/)
    .filter((part) => part.trim() !== '')
    .map(parseTagArgument);
}

function decodeBase64Text(untrustedText: string): string {
  const compact = untrustedText.replaceAll(/\s/g, '');
  const digits = compact.replace(/={1,2}$/, '');
  const padded = digits.length < compact.length;
  if (!base64Alphabet.test(digits) || digits.length % 4 === 1 || (padded && compact.length % 4 !== 0)) {
    const hint = 'encode comma-separated tags, for example: printf %s "v1,latest" | base64';
    throw tagFailure(compact, `list of tags ${quoted(compact)} is not base64`, { hint });
  }
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(Buffer.from(digits, 'base64'));
  } catch (cause) {
    const message = `list of tags ${quoted(compact)} is not the base64 of a UTF-8 text: ${reasonOf(cause)}`;
    throw tagFailure(compact, message, { cause });
  }
}
