export interface Instruction {
  /** In capitals. */
  readonly keyword: string;
  /** The whole instruction on one line, without comments and the bodies of here-documents. */
  readonly text: string;
  /** 1-based. */
  readonly line: number;
  /** Bodies of its here-documents. */
  readonly documents: readonly string[];
}

export interface Stage {
  /** In lower case, as BuildKit compares it. */
  readonly name: string | undefined;
  readonly from: Instruction;
  readonly instructions: readonly Instruction[];
}

/**
 * Splits a Dockerfile into stages and instructions with their lines: parser directives, continuation lines, comments
 * within them and here-documents as in the Dockerfile reference of BuildKit 0.25. Never throws: what is no
 * instruction is left to BuildKit to complain about.
 */
export function parseDockerfile(untrustedText: string): readonly Stage[] {
  const stages: { name: string | undefined; from: Instruction; instructions: Instruction[] }[] = [];
  for (const instruction of readInstructions(untrustedText)) {
    if (instruction.keyword === 'FROM') {
      stages.push({ name: stageName(instruction.text), from: instruction, instructions: [] });
    } else {
      stages.at(-1)?.instructions.push(instruction);
    }
  }
  return stages;
}

/** The instructions before the first stage: arguments that FROM can use. */
export function globalInstructions(untrustedText: string): readonly Instruction[] {
  const instructions = readInstructions(untrustedText);
  const first = instructions.findIndex(({ keyword }) => keyword === 'FROM');
  return first < 0 ? instructions : instructions.slice(0, first);
}

function stageName(from: string): string | undefined {
  const [, name] = /\sas\s+(\S+)\s*$/i.exec(from) ?? [];
  return name?.toLowerCase();
}

function readInstructions(text: string): Instruction[] {
  const lines = text.replace(/^\ufeff/, '').split(/\r?\n/);
  const escaper = escapeCharacter(lines);
  const instructions: Instruction[] = [];
  let next = 0;
  while (next < lines.length) {
    const start = next;
    if (isIgnored(lines[next++] ?? '')) continue;
    const logical = joinContinued(lines, start, escaper);
    next = logical.next;
    const [keyword = ''] = logical.text.split(/\s/, 1);
    const documents: string[] = [];
    for (const document of hereDocuments(logical.text, escaper)) {
      const body = readHereDocument(lines, next, document);
      documents.push(body.text);
      next = body.next;
    }
    instructions.push({ keyword: keyword.toUpperCase(), text: logical.text, line: start + 1, documents });
  }
  return instructions;
}

/** The `# escape=` directive, which only counts among the directives at the top. */
function escapeCharacter(lines: readonly string[]): string {
  for (const line of lines) {
    const [, key, value] = /^\s*#\s*([a-zA-Z]\w*)\s*=(.*)$/.exec(line) ?? [];
    if (key === undefined) return '\\';
    if (key.toLowerCase() === 'escape') return value?.trim() || '\\';
  }
  return '\\';
}

function isIgnored(line: string): boolean {
  return /^\s*(?:#|$)/.test(line);
}

function joinContinued(
  lines: readonly string[],
  start: number,
  escaper: string,
): { text: string; next: number } {
  const pieces: string[] = [];
  let next = start;
  while (next < lines.length) {
    const line = lines[next++] ?? '';
    if (next > start + 1 && isIgnored(line)) continue;
    const trimmed = line.trimEnd();
    const continues = trimmed.endsWith(escaper) && !trimmed.endsWith(escaper + escaper);
    pieces.push(continues ? trimmed.slice(0, -1) : line);
    if (!continues) break;
  }
  return { text: pieces.join('').trim(), next };
}

interface HereDocument {
  readonly end: string;
  readonly stripsTabs: boolean;
}

/** The documents that an instruction announces as words like `<<EOF`, `<<-EOF` or `3<<"EOF"`. */
function hereDocuments(text: string, escaper: string): HereDocument[] {
  if (!/^(?:onbuild\s+)?(?:run|copy|add)\s/i.test(text) || !text.includes('<<')) return [];
  return shellWords(text, escaper).flatMap((word) => {
    const [, dash, quoted = ''] = /^\d*<<(-?)([^<]+)$/.exec(word) ?? [];
    const end = quoted.replace(/["']/g, '');
    return end === '' ? [] : [{ end, stripsTabs: dash === '-' }];
  });
}

/** Words as a shell splits them, quotes kept. */
function shellWords(text: string, escaper: string): string[] {
  const words: string[] = [];
  let word = '';
  let quote = '';
  for (let at = 0; at < text.length; at++) {
    const character = text.charAt(at);
    if (quote === '' && /\s/.test(character)) {
      if (word !== '') words.push(word);
      word = '';
      continue;
    }
    if (quote === '' && (character === '"' || character === "'")) quote = character;
    else if (character === quote) quote = '';
    word += character;
    if (character === escaper && quote !== "'") word += text.charAt(++at);
  }
  return word === '' ? words : [...words, word];
}

function readHereDocument(
  lines: readonly string[],
  start: number,
  { end, stripsTabs }: HereDocument,
): { text: string; next: number } {
  const body: string[] = [];
  let next = start;
  while (next < lines.length) {
    const written = lines[next++] ?? '';
    const line = stripsTabs ? written.replace(/^\t+/, '') : written;
    if (line === end) break;
    body.push(line);
  }
  return { text: body.join('\n'), next };
}
