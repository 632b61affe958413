import { errorAt } from '../pipeline-error.ts';
import type { YamlNode } from '../template/yaml-node.ts';
import { dependenciesOf } from './dependencies.ts';
import { booleanOf, fieldsOf, itemsOf, numberOf, textOf, textsOf } from './fields.ts';
import { expressionOf, grammars, runtimeExpressionOf } from './grammars.ts';
import type { Job, Leg, Matrix } from './pipeline.ts';
import { readSteps } from './read-steps.ts';
import { readVariables } from './read-variables.ts';

const jobKeys = [
  'job',
  'displayName',
  'dependsOn',
  'condition',
  'variables',
  'strategy',
  'pool',
  'timeoutInMinutes',
  'cancelTimeoutInMinutes',
  'continueOnError',
  'steps',
] as const;

/** Jobs of a stage; those that say no pool take the one around them. */
export function readJobs(node: YamlNode, pool: string | undefined): readonly Job[] {
  const jobs = itemsOf(node).map((item, index) => readJob(item, { pool, index }));
  return dependenciesOf(jobs, 'Job');
}

function readJob(node: YamlNode, around: { pool: string | undefined; index: number }): Job {
  const fields = fieldsOf(node, jobKeys);
  const name = (fields.job && textOf(fields.job)) || `Job${around.index + 1}`;
  const { matrix, maxParallel } = strategyOf(fields.strategy);
  const minutes = (value: YamlNode | undefined, otherwise: number) => (value ? numberOf(value) : otherwise);
  return {
    name,
    displayName: fields.displayName ? textOf(fields.displayName) : name,
    dependsOn: fields.dependsOn ? textsOf(fields.dependsOn) : [],
    condition: fields.condition && expressionOf(fields.condition, grammars.jobCondition),
    variables: readVariables(fields.variables),
    matrix,
    maxParallel,
    pool: fields.pool ? poolOf(fields.pool) : around.pool,
    timeoutInMinutes: minutes(fields.timeoutInMinutes, 60),
    cancelTimeoutInMinutes: minutes(fields.cancelTimeoutInMinutes, 5),
    continueOnError: fields.continueOnError !== undefined && booleanOf(fields.continueOnError),
    steps: readSteps(fields.steps),
  };
}

/** A job of a pipeline, or of a stage, that consists of steps only. */
export function jobOfSteps(steps: YamlNode, pool: string | undefined): readonly Job[] {
  const key = { kind: 'scalar', at: steps.at, text: 'job' } as const;
  const job = {
    kind: 'mapping',
    at: steps.at,
    pairs: [
      { key, value: { ...key, text: 'Job' } },
      { key: { ...key, text: 'steps' }, value: steps },
    ],
  } as const;
  return readJobs({ kind: 'sequence', at: steps.at, items: [job] }, pool);
}

export function poolOf(node: YamlNode): string {
  if (node.kind === 'scalar') return node.text;
  const { name } = fieldsOf(node, ['name']);
  if (name === undefined) throw errorAt(node.at, 'A pool needs a name');
  return textOf(name);
}

function strategyOf(node: YamlNode | undefined): { matrix: Matrix | undefined; maxParallel: number } {
  if (node === undefined) return { matrix: undefined, maxParallel: 0 };
  const { matrix, maxParallel } = fieldsOf(node, ['matrix', 'maxParallel']);
  return { matrix: matrix && matrixOf(matrix), maxParallel: maxParallel ? numberOf(maxParallel) : 0 };
}

function matrixOf(node: YamlNode): Matrix {
  if (node.kind === 'scalar') {
    const legs = runtimeExpressionOf(node);
    if (legs === undefined) throw errorAt(node.at, 'A matrix is a mapping or a runtime expression');
    return { kind: 'runtime', legs };
  }
  if (node.kind !== 'mapping') throw errorAt(node.at, 'Expected a mapping');
  return { kind: 'literal', legs: new Map(node.pairs.map(({ key, value }) => [legName(key), legOf(value)])) };
}

function legName(key: YamlNode): string {
  const name = textOf(key);
  if (!isLegName(name)) throw errorAt(key.at, `The matrix configuration name '${name}' is not valid`);
  return name;
}

/** The service takes letters, digits and underscores, and no digit first; 100 at most. */
export function isLegName(name: string): boolean {
  return /^[A-Za-z_]\w{0,99}$/.test(name);
}

function legOf(node: YamlNode): Leg {
  if (node.kind !== 'mapping') throw errorAt(node.at, 'Expected a mapping');
  return Object.fromEntries(node.pairs.map(({ key, value }) => [key.text, textOf(value)]));
}
