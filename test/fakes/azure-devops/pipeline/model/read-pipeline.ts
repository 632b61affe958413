import { errorAt, PipelineError } from '../pipeline-error.ts';
import type { YamlNode } from '../template/yaml-node.ts';
import { dependenciesOf } from './dependencies.ts';
import { type Fields, fieldsOf, itemsOf, textOf, textsOf } from './fields.ts';
import { expressionOf, grammars } from './grammars.ts';
import type { Job, Pipeline, Stage } from './pipeline.ts';
import { jobOfSteps, poolOf, readJobs } from './read-jobs.ts';
import { readVariables } from './read-variables.ts';

/** A stage that no file names, as the service calls it. */
const unnamedStage = '__default';

/** Reads a file whose template expressions are expanded; refuses every key it does not know. */
export function readPipeline(root: YamlNode): Pipeline {
  const fields = fieldsOf(root, ['name', 'trigger', 'pr', 'variables', 'pool', 'stages', 'jobs', 'steps']);
  for (const key of ['trigger', 'pr'] as const) {
    const value = fields[key];
    if (value !== undefined && textOf(value) !== 'none')
      throw errorAt(value.at, `The emulator knows only "${key}: none"`);
  }
  const pool = fields.pool && poolOf(fields.pool);
  return {
    name: fields.name && textOf(fields.name),
    variables: readVariables(fields.variables),
    stages: fields.stages ? readStages(fields.stages, pool) : [stageOf(fields, unnamedStage, pool)],
  };
}

function readStages(node: YamlNode, pool: string | undefined): readonly Stage[] {
  const stages: Stage[] = [];
  for (const item of itemsOf(node)) {
    const fields = fieldsOf(item, [
      'stage',
      'displayName',
      'dependsOn',
      'condition',
      'variables',
      'pool',
      'jobs',
      'steps',
    ]);
    if (fields.stage === undefined) throw errorAt(item.at, 'A stage needs a name');
    const previous = stages.at(-1);
    const implied = previous === undefined ? [] : [previous.name];
    stages.push({
      ...stageOf(fields, textOf(fields.stage), fields.pool ? poolOf(fields.pool) : pool),
      displayName: textOf(fields.displayName ?? fields.stage),
      dependsOn: fields.dependsOn ? textsOf(fields.dependsOn) : implied,
      condition: fields.condition && expressionOf(fields.condition, grammars.stageCondition),
      variables: readVariables(fields.variables),
    });
  }
  return dependenciesOf(stages, 'Stage');
}

function stageOf(fields: Fields<'jobs' | 'steps'>, name: string, pool: string | undefined): Stage {
  return {
    name,
    displayName: name,
    dependsOn: [],
    condition: undefined,
    variables: [],
    jobs: jobsOf(fields, pool),
  };
}

function jobsOf({ jobs, steps }: Fields<'jobs' | 'steps'>, pool: string | undefined): readonly Job[] {
  if (jobs !== undefined) return readJobs(jobs, pool);
  if (steps !== undefined) return jobOfSteps(steps, pool);
  throw new PipelineError('The pipeline is not valid. A stage needs jobs or steps.');
}
