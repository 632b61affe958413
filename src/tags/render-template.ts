import { compactDate } from '../core/index.ts';
import { formatGoTime } from './go-time-layout.ts';
import type { TagFacts } from './tag.ts';
import { type Blame, quoted, tagFailure, templateFailure } from './tag-failure.ts';
import type { Expression, Template, TemplateNode, Value } from './template.ts';
import { isTruthy, requireText, templateFunctions } from './template-functions.ts';
import type { FactName } from './template-language.ts';

/** UTF-16 units of any value on the way to a tag, and of the whole; a tag has 128 at most. */
const maxValueLength = 1024;

/** What an evaluation looks at. */
interface Scope {
  readonly template: Template;
  readonly facts: TagFacts;
  /** In the condition of an `if` a fact that this build lacks is empty; elsewhere it is an error. */
  readonly absentIsEmpty: boolean;
}

type Call = Extract<Expression, { kind: 'call' }>;

/** The text of a template for one build. Fails when it is empty, or uses a fact that the build does not have. */
export function renderTemplate(template: Template, facts: TagFacts): string {
  const text = renderNodes(template.nodes, { template, facts, absentIsEmpty: false });
  if (text.trim() === '')
    throw tagFailure(template.text, `tag template ${quoted(template.text)} renders to nothing`);
  if (text.length <= maxValueLength) return text;
  const message = `tag template ${quoted(template.text)} renders to more than ${maxValueLength} characters`;
  throw tagFailure(template.text, message);
}

function renderNodes(nodes: readonly TemplateNode[], scope: Scope): string {
  return nodes.map((node) => renderNode(node, scope)).join('');
}

function renderNode(node: TemplateNode, scope: Scope): string {
  if (node.kind === 'text') return node.text;
  if (node.kind === 'output') return String(evaluate(node.expression, scope));
  const conditionScope = { ...scope, absentIsEmpty: true };
  const chosen = node.branches.find((branch) => isTruthy(evaluate(branch.condition, conditionScope)));
  return renderNodes(chosen?.body ?? node.otherwise, scope);
}

function evaluate(expression: Expression, scope: Scope): Value {
  if (expression.kind === 'literal') return expression.value;
  const blame: Blame = (problem, hint) =>
    templateFailure(scope.template.text, { problem, position: expression.position, hint });
  if (expression.kind === 'fact') return readFact(expression.name, scope, blame);
  const value = evaluateCall(expression, scope, blame);
  if (typeof value !== 'string' || value.length <= maxValueLength) return value;
  throw blame(`makes a text of more than ${maxValueLength} characters`);
}

function evaluateCall(call: Call, scope: Scope, blame: Blame): Value {
  if (call.name === 'and' || call.name === 'or') return evaluateLogic(call, scope);
  const values = call.arguments.map((argument) => evaluate(argument, scope));
  if (call.name === '.Env') return readEnvironment(requireText(values[0], '.Env', blame), scope, blame);
  if (call.name === '.Time.Format') {
    return formatTime(scope.facts.date, requireText(values[0], '.Time.Format', blame), blame);
  }
  return templateFunctions[call.name](values, blame);
}

/** `and` is worth its first false argument, `or` its first true one, else the last; the rest is not evaluated. */
function evaluateLogic(call: Call, scope: Scope): Value {
  let value: Value = '';
  for (const argument of call.arguments) {
    value = evaluate(argument, scope);
    if (isTruthy(value) === (call.name === 'or')) break;
  }
  return value;
}

function readFact(name: FactName, scope: Scope, blame: Blame): string {
  const { date, commitSha, shortShaLength, pullRequest } = scope.facts;
  const facts: Readonly<Record<FactName, string>> = {
    '.Date': compactDate(date),
    '.ShortSHA': commitSha.slice(0, shortShaLength),
    '.CommitSHA': commitSha,
    '.PRNumber': pullRequest === undefined ? '' : String(pullRequest),
  };
  if (facts[name] !== '' || scope.absentIsEmpty) return facts[name];
  const why = name === '.PRNumber' ? 'this build is not of a pull request' : 'this build has no commit';
  throw blame(`uses "${name}", but ${why}`, `ask first: {{ if ${name} }}…{{ else }}…{{ end }}`);
}

function readEnvironment(name: string, scope: Scope, blame: Blame): string {
  const { allowedEnvironment, environment } = scope.facts;
  if (!allowedEnvironment.includes(name)) {
    const hint = 'tags are public: to allow the variable, list it under "tag-env" in the configuration';
    throw blame(`reads environment variable ${quoted(name)}, which is not allowed in tags`, hint);
  }
  const value = Object.hasOwn(environment, name) ? environment[name] : undefined;
  if (value !== undefined && value !== '') return value;
  if (scope.absentIsEmpty) return '';
  throw blame(`reads environment variable ${quoted(name)}, which is unset or empty`);
}

function formatTime(date: Date, layout: string, blame: Blame): string {
  const text = formatGoTime(date, layout);
  if (text !== undefined) return text;
  const hint = 'a layout shows how Go would print its reference time, 2006-01-02 15:04:05';
  throw blame(`uses time layout ${quoted(layout)}, which names no part of a time`, hint);
}
