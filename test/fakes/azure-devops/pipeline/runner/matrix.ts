import { evaluate } from '../expressions/evaluate.ts';
import { asText } from '../expressions/value.ts';
import type { Leg, Matrix } from '../model/pipeline.ts';
import { isLegName } from '../model/read-jobs.ts';
import { PipelineError } from '../pipeline-error.ts';
import type { ConditionScope } from './conditions.ts';

/** Of the service. */
const maxLegs = 256;

/** The jobs that a job becomes; one without a name if it has no matrix. */
export function legsOf(
  matrix: Matrix | undefined,
  scope: ConditionScope,
): ReadonlyMap<string | undefined, Leg> {
  if (matrix === undefined) return new Map([[undefined, {}]]);
  const legs =
    matrix.kind === 'literal' ? matrix.legs : parseLegs(asText(evaluate(matrix.legs, scope)) ?? '');
  if (legs.size > maxLegs) throw new PipelineError(`The matrix has more than ${maxLegs} configurations.`);
  return legs;
}

/** A text of JSON like `{"leg": {"variable": "value"}}`, as an output variable holds it. */
function parseLegs(text: string): ReadonlyMap<string, Leg> {
  const refuse = () => new PipelineError(`The value of the strategy's matrix is not valid. Value: '${text}'`);
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    throw refuse();
  }
  if (!isObject(parsed)) throw refuse();
  return new Map(
    Object.entries(parsed).map(([name, leg]) => {
      if (!isLegName(name) || !isObject(leg)) throw refuse();
      return [
        name,
        Object.fromEntries(Object.entries(leg).map(([key, value]) => [key, legValue(value, refuse)])),
      ];
    }),
  );
}

function legValue(value: unknown, refuse: () => PipelineError): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'number') return String(value);
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  throw refuse();
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
