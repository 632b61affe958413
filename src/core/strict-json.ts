/** A JSON text that was read, or why it was not. */
export type StrictJson =
  | { readonly kind: 'value'; readonly value: unknown }
  | { readonly kind: 'not-json'; readonly cause: unknown }
  | { readonly kind: 'repeated-name' };

/** Reads JSON in UTF-8 whose objects name nothing twice: of two values, each reader could believe another one. */
export function readStrictJson(bytes: Uint8Array): StrictJson {
  try {
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
    const value: unknown = JSON.parse(text);
    return hasRepeatedName(text) ? { kind: 'repeated-name' } : { kind: 'value', value };
  } catch (cause) {
    return { kind: 'not-json', cause };
  }
}

/** Whether an object of this valid JSON text has two members of one name, however they are escaped. */
function hasRepeatedName(text: string): boolean {
  const open: Set<string>[] = [];
  let word = '';
  for (const [token] of text.matchAll(/"[^"\\]*(?:\\.[^"\\]*)*"|[{}:]/g)) {
    if (token === '{') open.push(new Set());
    else if (token === '}') open.pop();
    else if (token !== ':') word = token;
    else {
      const name: string = JSON.parse(word);
      if (open.at(-1)?.has(name)) return true;
      open.at(-1)?.add(name);
    }
  }
  return false;
}
