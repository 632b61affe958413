/** A table of cells that are safe already; `right` are the columns of numbers. */
export function table(
  titles: readonly string[],
  rows: readonly (readonly string[])[],
  right: readonly string[] = [],
): string[] {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [
    line(titles),
    line(titles.map((title) => (right.includes(title) ? '--:' : '---'))),
    ...rows.map(line),
  ];
}
