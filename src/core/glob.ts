/**
 * Whether a name such as `team/app` fits a pattern: `*` stands for any characters within one component, `**`, as a
 * whole component, for one or more components; everything else stands for itself, in its case. A name with an empty
 * component, `.` or `..` fits no pattern. Takes at most the product of both lengths in steps.
 */
export function matchesGlob(pattern: string, name: string): boolean {
  const components = name.split('/');
  if (components.some((component) => component === '' || component === '.' || component === '..'))
    return false;
  const parts = pattern.split('/').flatMap((part) => (part === '**' ? ['*', '**'] : [part]));
  return fits(components, parts, {
    isStar: (part) => part === '**',
    fitsOne: (part, component) =>
      fits([...component], [...part], {
        isStar: (character) => character === '*',
        fitsOne: (wanted, character) => wanted === character,
      }),
  });
}

interface Wildcards {
  readonly isStar: (part: string) => boolean;
  readonly fitsOne: (part: string, item: string) => boolean;
}

/** Where each star stands for any run of items; only the last star met needs to be tried again. */
function fits(items: readonly string[], parts: readonly string[], { isStar, fitsOne }: Wildcards): boolean {
  let [item, part] = [0, 0];
  let retry: { readonly item: number; readonly part: number } | undefined;
  while (item < items.length) {
    const wanted = parts[part];
    if (wanted !== undefined && isStar(wanted)) {
      retry = { item, part };
      part++;
    } else if (wanted !== undefined && fitsOne(wanted, items[item] ?? '')) {
      item++;
      part++;
    } else if (retry !== undefined) {
      retry = { item: retry.item + 1, part: retry.part };
      [item, part] = [retry.item, retry.part + 1];
    } else return false;
  }
  return parts.slice(part).every(isStar);
}
