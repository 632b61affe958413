import { ImageBuilderError } from '../core/index.ts';

/** Where a build secret comes from; its value is read by BuildKit and is never part of a plan. */
export type BuildSecret =
  | { readonly id: string; readonly kind: 'environment'; readonly variable: string }
  | { readonly id: string; readonly kind: 'file'; readonly path: string }
  /** The logins that the configuration has under `go-modules`. */
  | { readonly id: string; readonly kind: 'go-modules' };

const idPattern = /^[A-Za-z0-9_.-]+$/;

/** Reads `id=ID,env=NAME`, `id=ID,src=FILE`, or `id=ID` for the variable of that name. Throws `request.invalid`. */
export function parseBuildSecret(text: string): BuildSecret {
  const fields = new Map<string, string>();
  for (const part of text.split(',')) {
    const split = part.indexOf('=');
    const key = split < 0 ? part : part.slice(0, split);
    const name = key.trim() === 'source' ? 'src' : key.trim();
    if (split < 0 || !['id', 'env', 'src', 'type'].includes(name) || fields.has(name)) throw invalid(text);
    fields.set(name, part.slice(split + 1));
  }
  const [id = '', variable, path] = [fields.get('id'), fields.get('env'), fields.get('src')];
  if (!idPattern.test(id) || (variable !== undefined && path !== undefined)) throw invalid(text);
  if (path !== undefined && path !== '') return { id, kind: 'file', path };
  return { id, kind: 'environment', variable: variable || id };
}

function invalid(text: string): ImageBuilderError {
  const id = /(?:^|,)id=([A-Za-z0-9_.-]+)/.exec(text)?.[1];
  const message = id === undefined ? 'a build secret has no id' : `build secret "${id}" is not understood`;
  const hint = 'expected id=ID,env=VARIABLE or id=ID,src=FILE; a value itself never goes here';
  return new ImageBuilderError('request.invalid', message, { field: 'secret' }, { hint });
}
