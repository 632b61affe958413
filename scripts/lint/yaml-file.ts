import { isNode, LineCounter, parseDocument } from 'yaml';

export interface LintFile {
  /** Relative to the root of the repository. */
  readonly path: string;
  readonly text: string;
}

export interface LintProblem {
  readonly path: string;
  /** Counted from 1. */
  readonly line: number;
  readonly message: string;
}

export type YamlPath = readonly (string | number)[];

export interface YamlFile {
  readonly value: unknown;
  /** A problem at the line of what is at `place`, or of what is nearest around it. */
  readonly problem: (place: YamlPath, message: string) => LintProblem;
}

/** Reads a YAML file; what is wrong with it as YAML comes instead of its value. */
export function openYaml({ path, text }: LintFile): YamlFile | readonly LintProblem[] {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines });
  const lineAt = (offset = 0) => Math.max(lines.linePos(offset).line, 1);
  if (document.errors.length > 0)
    return document.errors.map(({ pos, message }) => ({ path, line: lineAt(pos[0]), message }));
  const lineOf = (place: YamlPath): number => {
    const node = document.getIn(place, true);
    if (isNode(node) && node.range) return lineAt(node.range[0]);
    return place.length === 0 ? 1 : lineOf(place.slice(0, -1));
  };
  return {
    value: document.toJS(),
    problem: (place, message) => ({ path, line: lineOf(place), message }),
  };
}

export type Mapping = Readonly<Record<string, unknown>>;

/** The value as a mapping; an empty one when it is none. */
export function asMapping(value: unknown): Mapping {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Mapping) : {};
}

export function asList(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

export interface YamlText {
  readonly text: string;
  readonly place: YamlPath;
  readonly isKey: boolean;
}

/** Every text of a file, keys included, in order. */
export function* textsIn(value: unknown, place: YamlPath = []): Generator<YamlText> {
  if (typeof value === 'string') yield { text: value, place, isKey: false };
  if (typeof value !== 'object' || value === null) return;
  for (const [key, held] of Object.entries(value)) {
    const at = [...place, Array.isArray(value) ? Number(key) : key];
    if (!Array.isArray(value)) yield { text: key, place: at, isKey: true };
    yield* textsIn(held, at);
  }
}
