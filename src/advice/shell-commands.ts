import { knownVariables } from './environment.ts';

/** A simple command of a shell script, as far as its words tell. */
export interface ShellCommand {
  /** Without quotes; substitutions stay as they are written. The first is the program, without its folder. */
  readonly words: readonly string[];
  /** What is known of the variables that are set for it, or that commands before it exported. */
  readonly variables: ReadonlyMap<string, string>;
}

/** What may stand before a command without being one. */
const prefixes: ReadonlySet<string> = new Set([
  ...['if', 'then', 'elif', 'else', 'while', 'until', 'do', '!', '{', '}'],
  ...['time', 'exec', 'command', 'env', 'nohup', 'nice'],
]);

const assignment = /^([A-Za-z_]\w*)=(.*)$/s;

/**
 * The commands of a script in the order in which they are written, whether or not they run. Functions, loops and
 * substitutions are not carried out; what is no shell gives commands that mean nothing. Never throws.
 */
export function shellCommands(untrustedScript: string): readonly ShellCommand[] {
  const exported = new Map<string, string>();
  const commands: ShellCommand[] = [];
  for (const written of splitCommands(untrustedScript)) {
    const { words, set } = withoutPrefixes(written);
    const [program = '', ...rest] = words;
    if (program === 'export') for (const [name, value] of assignments(rest)) exported.set(name, value);
    else if (program !== '') {
      const name = program.slice(program.lastIndexOf('/') + 1);
      commands.push({ words: [name, ...rest], variables: new Map([...exported, ...set]) });
    }
  }
  return commands;
}

function withoutPrefixes(written: readonly string[]): { words: readonly string[]; set: [string, string][] } {
  const first = written.findIndex((word) => !prefixes.has(word) && !assignment.test(word));
  const before = first < 0 ? written : written.slice(0, first);
  return { words: first < 0 ? [] : written.slice(first), set: assignments(before) };
}

function assignments(words: readonly string[]): [string, string][] {
  return words.flatMap((word): [string, string][] => {
    const [, name, value = ''] = assignment.exec(word) ?? [];
    return name !== undefined && knownVariables.has(name) ? [[name, value]] : [];
  });
}

/** Splits at operators and line breaks, and each command into words; where output goes is left out. */
function splitCommands(text: string): readonly (readonly string[])[] {
  const reader = new CommandReader();
  let at = 0;
  while (at < text.length) {
    const end = endOfPiece(text, at, reader.atWordStart);
    takePiece(reader, text.slice(at, end));
    at = end;
  }
  reader.endCommand();
  return reader.commands;
}

function takePiece(reader: CommandReader, piece: string): void {
  if (piece === '\\\n' || (piece.startsWith('#') && reader.atWordStart)) return;
  if (/^[;&|()\n]$/.test(piece)) reader.endCommand();
  else if (/^\s$/.test(piece)) reader.endWord();
  else if (/^[<>]/.test(piece)) reader.redirect();
  else reader.take(unquoted(piece));
}

class CommandReader {
  readonly commands: (readonly string[])[] = [];
  #words: string[] = [];
  #word: string | undefined;
  #redirecting = false;

  get atWordStart(): boolean {
    return this.#word === undefined;
  }

  take(piece: string): void {
    this.#word = (this.#word ?? '') + piece;
  }

  endWord(): void {
    if (this.#word === undefined) return;
    if (!this.#redirecting) this.#words.push(this.#word);
    this.#redirecting = false;
    this.#word = undefined;
  }

  /** A number right before it names a stream, and is no word. */
  redirect(): void {
    if (/^\d$/.test(this.#word ?? '')) this.#word = undefined;
    this.endWord();
    this.#redirecting = true;
  }

  endCommand(): void {
    this.endWord();
    this.#redirecting = false;
    if (this.#words.length > 0) this.commands.push(this.#words);
    this.#words = [];
  }
}

/** Where what begins at `at` ends: something quoted, escaped or substituted, a redirection, a comment, a character. */
function endOfPiece(text: string, at: number, atWordStart: boolean): number {
  const next = text.charAt(at + 1);
  switch (text.charAt(at)) {
    case '\\':
      return Math.min(at + 2, text.length);
    case "'":
    case '`':
      return endAfter(text, text.charAt(at), at + 1);
    case '"':
      return endOfDoubleQuotes(text, at + 1);
    case '$':
      if (next === '{') return endAfter(text, '}', at + 2);
      return next === '(' ? endOfParentheses(text, at + 2) : at + 1;
    case '<':
    case '>':
      return next === '&' || next === '|' ? at + 2 : at + 1;
    case '#':
      return atWordStart ? endOfLine(text, at) : at + 1;
    default:
      return at + 1;
  }
}

function endOfLine(text: string, from: number): number {
  const found = text.indexOf('\n', from);
  return found < 0 ? text.length : found;
}

function endAfter(text: string, end: string, from: number): number {
  const found = text.indexOf(end, from);
  return found < 0 ? text.length : found + 1;
}

function endOfDoubleQuotes(text: string, from: number): number {
  for (let at = from; at < text.length; at++) {
    if (text.charAt(at) === '\\') at++;
    else if (text.charAt(at) === '"') return at + 1;
  }
  return text.length;
}

function endOfParentheses(text: string, from: number): number {
  let depth = 1;
  for (let at = from; at < text.length; at++) {
    if (text.charAt(at) === '(') depth++;
    else if (text.charAt(at) === ')' && --depth === 0) return at + 1;
  }
  return text.length;
}

function unquoted(piece: string): string {
  if (piece.startsWith('\\')) return piece.slice(1);
  if (piece.startsWith("'")) return piece.slice(1, piece.endsWith("'") && piece.length > 1 ? -1 : undefined);
  if (!piece.startsWith('"')) return piece;
  const inner = piece.slice(1, piece.endsWith('"') && piece.length > 1 ? -1 : undefined);
  return inner.replace(/\\(["\\$`])/g, '$1');
}
