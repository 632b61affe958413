import { nearest } from '../core/index.ts';
import { quoted } from './tag-failure.ts';
import type { Expression } from './template.ts';
import {
  type CallName,
  fieldNames,
  functionNames,
  isCallName,
  isFactName,
  signatureOf,
} from './template-language.ts';
import { described, next, parseFailure, peek, requireDepth, type TokenCursor, take } from './token-cursor.ts';
import type { Token } from './tokenize.ts';

const constants = new Map([
  ['true', true],
  ['false', false],
]);
const keywords = new Set(['if', 'else', 'end']);
/** Words that mean something to Go's text/template, and nothing here. */
const foreignWords = new Set(['block', 'break', 'continue', 'define', 'nil', 'range', 'template', 'with']);
const languageHint = 'a tag template holds text, fields, functions, if, else and end';

/** `first | second x` means `second x first`: each stage hands its value to the next as the last argument. */
export function parsePipeline(cursor: TokenCursor, depth: number): Expression {
  let expression = parseCommand(cursor, depth, undefined);
  while (take(cursor, '|')) expression = parseCommand(cursor, depth, expression);
  return expression;
}

function parseCommand(cursor: TokenCursor, depth: number, piped: Expression | undefined): Expression {
  const token = next(cursor);
  const name = callNameOf(cursor, token);
  if (name !== undefined) {
    const given = parseArguments(cursor, depth);
    const all = piped === undefined ? given : [...given, piped];
    return makeCall(cursor, { name, position: token.position, arguments: all });
  }
  const operand = parseOperand(cursor, token, depth);
  if (piped !== undefined) {
    throw parseFailure(cursor, token.position, 'pipes into a value', 'only a function can follow "|"');
  }
  const follower = peek(cursor);
  if (endsCommand(follower)) return operand;
  throw parseFailure(
    cursor,
    follower.position,
    'gives an argument to a value',
    'only functions take arguments',
  );
}

function parseArguments(cursor: TokenCursor, depth: number): Expression[] {
  const values: Expression[] = [];
  while (!endsCommand(peek(cursor))) {
    const token = next(cursor);
    if (!token.spaced) throw parseFailure(cursor, token.position, 'lacks a space');
    values.push(parseOperand(cursor, token, depth));
  }
  return values;
}

/** One value: a literal, a field, a call without arguments, or a pipeline in parentheses. */
function parseOperand(cursor: TokenCursor, token: Token, depth: number): Expression {
  const { kind, position } = token;
  if (kind === '(') return parseGroup(cursor, position, depth + 1);
  if (kind === 'string') return { kind: 'literal', value: token.text };
  if (kind === 'integer') return { kind: 'literal', value: token.value };
  if (kind !== 'field' && kind !== 'word') {
    throw parseFailure(cursor, position, `lacks a value before ${described(token)}`);
  }
  const name = callNameOf(cursor, token);
  if (name !== undefined) return makeCall(cursor, { name, position, arguments: [] });
  if (isFactName(token.text)) return { kind: 'fact', name: token.text, position };
  return { kind: 'literal', value: constants.get(token.text) === true };
}

function parseGroup(cursor: TokenCursor, position: number, depth: number): Expression {
  requireDepth(cursor, position, depth);
  const expression = parsePipeline(cursor, depth);
  if (take(cursor, ')')) return expression;
  throw parseFailure(cursor, position, 'has a parenthesis that is not closed', 'close it with ")"');
}

/** The method or function that a token names, if it names one; a name that nothing bears is an error. */
function callNameOf(cursor: TokenCursor, token: Token): CallName | undefined {
  if (token.kind !== 'field' && token.kind !== 'word') return undefined;
  if (isCallName(token.text)) return token.text;
  if (isFactName(token.text) || constants.has(token.text)) return undefined;
  throw unknownName(cursor, token);
}

function unknownName(cursor: TokenCursor, token: Token & { readonly text: string }): Error {
  const { text, position } = token;
  if (keywords.has(text)) return parseFailure(cursor, position, `has a misplaced "${text}"`, languageHint);
  if (foreignWords.has(text)) {
    return parseFailure(cursor, position, `uses "${text}", which tag templates do not have`, languageHint);
  }
  const [what, known] = token.kind === 'field' ? ['field', fieldNames] : ['function', functionNames];
  const suggestion = nearest(text, known);
  const list = `known ${what}s: ${known.join(', ')}`;
  const hint = suggestion === undefined ? list : `did you mean "${suggestion}"? ${list}`;
  return parseFailure(cursor, position, `uses unknown ${what} ${quoted(text)}`, hint);
}

type Call = Omit<Extract<Expression, { kind: 'call' }>, 'kind'>;

function makeCall(cursor: TokenCursor, call: Call): Expression {
  const { minimum, maximum, usage } = signatureOf(call.name);
  const count = call.arguments.length;
  if (count >= minimum && count <= maximum) return { kind: 'call', ...call };
  const problem = `calls "${call.name}" with ${count} argument${count === 1 ? '' : 's'}`;
  const hint = `write ${usage}, in parentheses where it is an argument itself`;
  throw parseFailure(cursor, call.position, problem, hint);
}

function endsCommand({ kind }: Token): boolean {
  return kind === 'close' || kind === '|' || kind === ')' || kind === 'end of text';
}
