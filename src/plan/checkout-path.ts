import { posix } from 'node:path';
import { ImageBuilderError } from '../core/index.ts';

/**
 * A path inside the checkout, normalised and relative to its root (`.` for the root itself). Refuses absolute paths
 * and those that climb out; symlinks are looked at later, on the file system. Throws `request.invalid`.
 */
export function checkoutPath(text: string, field: string): string {
  const hint = 'paths are relative to the root of the checkout and stay inside it';
  const refuse = (what: string) =>
    new ImageBuilderError('request.invalid', `${field} "${text}" ${what}`, { field }, { hint });
  if (text.trim() === '')
    throw new ImageBuilderError('request.invalid', `${field} is empty`, { field }, { hint });
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what no path may hold
  if (/[\u0000-\u001f\u007f]/.test(text)) throw refuse('holds a control character');
  if (posix.isAbsolute(text) || /^[A-Za-z]:[\\/]/.test(text) || text.startsWith('\\'))
    throw refuse('is an absolute path');
  if (/^[a-z][a-z0-9+.-]*:/i.test(text)) throw refuse('is a URL; only folders of the checkout can be built');
  const path = posix.normalize(text).replace(/\/+$/, '');
  if (path === '..' || path.startsWith('../')) throw refuse('leads out of the checkout');
  return path === '' ? '.' : path;
}
