/**
 * For tests: what of a summary is not a code span or a fenced block, by the rules of CommonMark 0.31 and of GitHub's
 * tables. Code becomes `·`, a link of ours on it as well, a block its language and its lines `[…]`.
 */
export function skeleton(markdown: string): { readonly text: string; readonly blocks: readonly Block[] } {
  const blocks: Block[] = [];
  const text: string[] = [];
  const lines = markdown.split(/\r\n|\r|\n/);
  for (let at = 0; at < lines.length; at++) {
    const line = lines[at] ?? '';
    const [, ticks, language = ''] = /^ {0,3}(`{3,})([^`]*)$/.exec(line) ?? [];
    if (ticks === undefined) {
      text.push(line.startsWith('|') ? cellsOf(line).map(spans).join('|') : spans(line));
      continue;
    }
    const end = lines.findIndex((each, index) => index > at && closes(each, ticks.length));
    if (end < 0) throw new Error('a block has no end');
    blocks.push({ language, lines: lines.slice(at + 1, end) });
    text.push(`[${language}]`);
    at = end;
  }
  return { text: text.join('\n'), blocks };
}

export interface Block {
  readonly language: string;
  readonly lines: readonly string[];
}

function closes(line: string, length: number): boolean {
  return /^ {0,3}`{3,}\s*$/.test(line) && line.trim().length >= length;
}

/** A bar ends a cell wherever it stands, unless a backslash stands before it that is not itself behind one. */
function cellsOf(row: string): string[] {
  return row.match(/(?:\\.|[^|\\])+/gsu) ?? [];
}

/**
 * The first run of as many ticks ends a span; within it nothing means anything. cmark, which GitHub uses, finds no end
 * for more than 80.
 */
function spans(line: string): string {
  return line
    .replace(/(?<!`)(`{1,80})(?!`).*?(?<!`)\1(?!`)/gsu, '·')
    .replace(/\[·\]\(https:\/\/(?:github|dev\.azure)\.example\/[\w.~:/?#@&+,=%-]*\)/g, '·');
}
