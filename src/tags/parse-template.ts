import type { Problem } from '../core/index.ts';
import { parsePipeline } from './parse-pipeline.ts';
import { problemOf, templateFailure } from './tag-failure.ts';
import type { Branch, Template, TemplateNode } from './template.ts';
import { expectClose, next, parseFailure, requireDepth, type TokenCursor, takeWord } from './token-cursor.ts';
import { tokenize } from './tokenize.ts';

/** UTF-16 units; eight times the longest tag. */
const maxTemplateLength = 1024;

/** What ended a list of nodes, and where. */
interface Stop {
  readonly kind: 'end' | 'else' | 'else if' | 'end of text';
  readonly position: number;
}

interface NodeList {
  readonly nodes: readonly TemplateNode[];
  readonly stop: Stop;
}

/**
 * Reads a tag template: the subset of Go's text/template (1.22) that `template-language.ts` lists. Anything else is
 * refused with its position, so that no part of a template is silently dropped.
 */
export function parseTemplate(text: string): Template {
  if (text.length > maxTemplateLength) {
    const problem = `is longer than ${maxTemplateLength} characters`;
    throw templateFailure(text, { problem, position: maxTemplateLength + 1 });
  }
  const cursor: TokenCursor = { text, tokens: tokenize(text), at: 0 };
  const { nodes, stop } = parseNodes(cursor, 0);
  if (stop.kind === 'end of text') return { text, nodes };
  const problem = `has an {{ ${stop.kind} }} without an if`;
  throw parseFailure(cursor, stop.position, problem, 'open it with {{ if … }}');
}

/** What is wrong with the syntax or the names of a tag template, if anything; needs no facts. */
export function checkTemplate(text: string): Problem | undefined {
  return problemOf(() => parseTemplate(text));
}

function parseNodes(cursor: TokenCursor, depth: number): NodeList {
  const nodes: TemplateNode[] = [];
  for (;;) {
    const token = next(cursor);
    if (token.kind === 'end of text') return { nodes, stop: { kind: token.kind, position: token.position } };
    if (token.kind === 'text') {
      nodes.push({ kind: 'text', text: token.text });
      continue;
    }
    const stop = takeStop(cursor, token.position);
    if (stop !== undefined) return { nodes, stop };
    nodes.push(
      takeWord(cursor, 'if') ? parseIf(cursor, token.position, depth + 1) : parseOutput(cursor, depth),
    );
  }
}

/** Steps over `end`, `else` or `else if` at the start of an action; the condition of the last is left to read. */
function takeStop(cursor: TokenCursor, position: number): Stop | undefined {
  const kind = takeWord(cursor, 'end') ? 'end' : takeWord(cursor, 'else') ? 'else' : undefined;
  if (kind === undefined) return undefined;
  if (kind === 'else' && takeWord(cursor, 'if')) return { kind: 'else if', position };
  expectClose(cursor);
  return { kind, position };
}

function parseIf(cursor: TokenCursor, position: number, depth: number): TemplateNode {
  requireDepth(cursor, position, depth);
  const branches: Branch[] = [];
  let list: NodeList;
  do {
    const condition = parsePipeline(cursor, depth);
    expectClose(cursor);
    list = parseNodes(cursor, depth);
    branches.push({ condition, body: list.nodes });
  } while (list.stop.kind === 'else if');
  if (list.stop.kind !== 'else')
    return closeIf(cursor, position, { branches, otherwise: [], stop: list.stop });
  const { nodes, stop } = parseNodes(cursor, depth);
  return closeIf(cursor, position, { branches, otherwise: nodes, stop });
}

interface OpenIf {
  readonly branches: readonly Branch[];
  readonly otherwise: readonly TemplateNode[];
  readonly stop: Stop;
}

function closeIf(cursor: TokenCursor, position: number, { stop, ...arms }: OpenIf): TemplateNode {
  if (stop.kind === 'end') return { kind: 'if', ...arms };
  if (stop.kind === 'end of text') {
    throw parseFailure(cursor, position, 'has an if without an end', 'close it with {{ end }}');
  }
  throw parseFailure(cursor, stop.position, `has an {{ ${stop.kind} }} after {{ else }}`);
}

function parseOutput(cursor: TokenCursor, depth: number): TemplateNode {
  const expression = parsePipeline(cursor, depth);
  expectClose(cursor);
  return { kind: 'output', expression };
}
