import type { TaskResult } from '../../runs/timeline.ts';
import { evaluate } from '../expressions/evaluate.ts';
import type { ExpressionFunction, FunctionTable } from '../expressions/functions.ts';
import type { Expression } from '../expressions/parse-expression.ts';
import { asBoolean, asText, type Value } from '../expressions/value.ts';
import type { Outcome } from './outcome.ts';

const good: readonly TaskResult[] = ['succeeded', 'succeededWithIssues'];
const many = Number.POSITIVE_INFINITY;

/** What the status functions of a job or stage look at. */
export interface GraphStatus {
  /** All that it depends on, directly or not. */
  readonly ancestors: ReadonlyMap<string, Outcome>;
  readonly canceled: boolean;
}

/** `succeeded()` and its like for a job or a stage, which can ask for some of the others by name. */
export function graphFunctions({ ancestors, canceled }: GraphStatus): FunctionTable {
  const asked = (names: readonly Value[]): readonly Outcome[] => {
    const wanted = names.map((name) => asText(name)?.toLowerCase());
    const found = [...ancestors].filter(
      ([name]) => names.length === 0 || wanted.includes(name.toLowerCase()),
    );
    return found.map(([, outcome]) => outcome).filter(({ leftOut }) => !leftOut);
  };
  const fine = (outcome: Outcome) => good.includes(outcome.result);
  const failed = (outcome: Outcome) => outcome.result === 'failed';
  return {
    always: takes(() => true),
    canceled: takes(() => canceled),
    succeeded: takes((...names) => !canceled && asked(names).every(fine)),
    failed: takes((...names) => !canceled && asked(names).some(failed)),
    succeededOrFailed: takes(() => !canceled),
  };
}

/** The same for a step: they look at the job so far. */
export function stepFunctions(job: TaskResult): FunctionTable {
  return {
    always: takes(() => true),
    canceled: takes(() => job === 'canceled'),
    succeeded: takes(() => good.includes(job)),
    failed: takes(() => job === 'failed'),
    succeededOrFailed: takes(() => good.includes(job) || job === 'failed'),
  };
}

function takes(call: (...values: Value[]) => Value): ExpressionFunction {
  return { min: 0, max: many, call };
}

export interface ConditionScope {
  readonly names: Readonly<Record<string, Value>>;
  readonly functions: FunctionTable;
}

const otherwise: Expression = { kind: 'call', name: 'succeeded', parts: [] };

/** Whether to run; without a condition, if all before succeeded. */
export function holds(condition: Expression | undefined, scope: ConditionScope): boolean {
  return asBoolean(evaluate(condition ?? otherwise, scope));
}
