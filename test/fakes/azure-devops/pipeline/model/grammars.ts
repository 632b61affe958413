import type { ExpressionFunction, FunctionTable } from '../expressions/functions.ts';
import { type Expression, type Grammar, parseExpression } from '../expressions/parse-expression.ts';
import { errorAt, PipelineError } from '../pipeline-error.ts';
import type { YamlNode } from '../template/yaml-node.ts';
import { textOf } from './fields.ts';

const many = Number.POSITIVE_INFINITY;

/** Only says what may be written; what it means depends on who asks, and is given when it is evaluated. */
function status(max: number): ExpressionFunction {
  return {
    min: 0,
    max,
    call: () => {
      throw new PipelineError('A status function has no meaning here');
    },
  };
}

function statusFunctions(max: number): FunctionTable {
  return {
    always: status(0),
    canceled: status(0),
    succeeded: status(max),
    failed: status(max),
    succeededOrFailed: status(max),
  };
}

/** What may stand in an expression, by its place. */
export const grammars = {
  stageCondition: { names: ['dependencies', 'variables'], functions: statusFunctions(many) },
  jobCondition: {
    names: ['dependencies', 'stageDependencies', 'variables'],
    functions: statusFunctions(many),
  },
  stepCondition: { names: ['variables'], functions: statusFunctions(0) },
  runtime: { names: ['dependencies', 'stageDependencies', 'variables'], functions: statusFunctions(many) },
} as const satisfies Record<string, Grammar>;

/** Parses the expression in a scalar. */
export function expressionOf(node: YamlNode, grammar: Grammar): Expression {
  return parsedAt(node, textOf(node), grammar);
}

/** The expression in a `$[ … ]`; `undefined` if the text is none. */
export function runtimeExpressionOf(node: YamlNode): Expression | undefined {
  const source = /^\s*\$\[(.*)\]\s*$/s.exec(textOf(node))?.[1];
  return source === undefined ? undefined : parsedAt(node, source, grammars.runtime);
}

function parsedAt(node: YamlNode, source: string, grammar: Grammar): Expression {
  try {
    return parseExpression(source, grammar);
  } catch (error) {
    throw error instanceof PipelineError ? errorAt(node.at, error.message) : error;
  }
}
