/** What a macro stands for; `undefined` leaves it as it was written. */
export type MacroLookup = (name: string) => string | undefined;

/** One pass of the agent (`VarUtil.ExpandValues`): what was put in is not looked at again. */
export function expandMacros(text: string, valueFor: MacroLookup): string {
  let [result, start] = [text, 0];
  while (start < result.length) {
    const open = result.indexOf('$(', start);
    const close = open < 0 ? -1 : result.indexOf(')', open + 2);
    if (close < 0) break;
    const name = result.slice(open + 2, close);
    const value = name === '' ? undefined : valueFor(name);
    if (value === undefined) {
      start = open + 1;
      continue;
    }
    result = result.slice(0, open) + value + result.slice(close + 1);
    start = open + value.length;
  }
  return result;
}
