import type { TaskResult } from '../../runs/timeline.ts';
import type { Dictionary, Value } from '../expressions/value.ts';

/** What a job or a stage came to, as conditions and expressions of others see it. */
export interface Outcome {
  readonly result: TaskResult;
  readonly outputs: ReadonlyMap<string, string>;
  /** Left out by the request to run: nobody minds. */
  readonly leftOut?: boolean;
}

export interface StageOutcome extends Outcome {
  readonly jobs: ReadonlyMap<string, Outcome>;
}

/** `dependencies` of an expression. */
export function dependenciesValue(outcomes: ReadonlyMap<string, Outcome>): Dictionary {
  return new Map([...outcomes].map(([name, outcome]) => [name, outcomeValue(outcome)]));
}

/** `stageDependencies` of an expression. */
export function stageDependenciesValue(outcomes: ReadonlyMap<string, StageOutcome>): Dictionary {
  return new Map([...outcomes].map(([name, { jobs }]) => [name, dependenciesValue(jobs)]));
}

function outcomeValue({ result, outputs }: Outcome): Dictionary {
  return new Map<string, Value>([
    ['result', `${result.charAt(0).toUpperCase()}${result.slice(1)}`],
    ['outputs', outputs],
  ]);
}

/** One result for several, of which those that were skipped say nothing. */
export function combined(results: readonly TaskResult[]): TaskResult {
  const order: readonly TaskResult[] = [
    'failed',
    'abandoned',
    'canceled',
    'succeededWithIssues',
    'succeeded',
  ];
  return order.find((result) => results.includes(result)) ?? (results.length > 0 ? 'skipped' : 'succeeded');
}
