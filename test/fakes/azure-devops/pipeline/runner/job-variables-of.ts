import type { GroupValue } from '../../options.ts';
import { JobVariables } from '../agent/job-variables.ts';
import type { SecretMasker } from '../agent/secret-masker.ts';
import { evaluate } from '../expressions/evaluate.ts';
import { asText, type Value } from '../expressions/value.ts';
import type { Leg, Pipeline, VariableEntry } from '../model/pipeline.ts';
import { PipelineError } from '../pipeline-error.ts';
import type { ConditionScope } from './conditions.ts';
import type { RunEnvironment } from './run-environment.ts';

export interface VariableSources {
  readonly environment: RunEnvironment;
  /** Entries of the file, from the outside in; later ones win. */
  readonly entries: readonly VariableEntry[];
  readonly leg: Leg;
  /** What runtime expressions see beside the variables. */
  readonly scope: ConditionScope;
  readonly masker: SecretMasker;
}

/** The variables with which a job, or the condition of one, begins. */
export function jobVariablesOf({ environment, entries, leg, scope, masker }: VariableSources): JobVariables {
  const variables = new JobVariables(masker);
  const { run, groups, predefined } = environment;
  for (const [name, value] of predefined) variables.set({ name, value });
  variables.set({ name: 'System.AccessToken', value: run.accessToken, secret: true });
  for (const [name, { value, isSecret }] of Object.entries(run.request.variables))
    variables.set({ name, value, secret: isSecret });
  for (const entry of entries) {
    if (entry.kind === 'group') {
      for (const [name, value] of Object.entries(groups[entry.group] ?? {}))
        variables.set({ name, ...groupValue(value) });
    } else if (entry.kind === 'text') variables.set(entry);
    else {
      const names = { ...scope.names, variables: variablesValue(variables) };
      const value = asText(evaluate(entry.value, { ...scope, names })) ?? '';
      variables.set({ name: entry.name, value });
    }
  }
  for (const [name, value] of Object.entries(leg)) variables.set({ name, value });
  return variables;
}

/** `variables` of an expression. */
export function variablesValue(variables: JobVariables): Value {
  return variables.all();
}

function groupValue(value: GroupValue): { readonly value: string; readonly secret: boolean } {
  return typeof value === 'string'
    ? { value, secret: false }
    : { value: value.value, secret: value.isSecret };
}

/** Refuses a pipeline that names a group which is not there. */
export function checkGroups(pipeline: Pipeline, groups: Readonly<Record<string, object>>): void {
  const check = (entries: readonly VariableEntry[], where: string) => {
    for (const entry of entries)
      if (entry.kind === 'group' && !Object.hasOwn(groups, entry.group))
        throw new PipelineError(
          `${where}: Variable group ${entry.group} could not be found. The variable group does not exist or has not ` +
            'been authorized for use. For authorization details, refer to https://aka.ms/yamlauthz.',
        );
  };
  check(pipeline.variables, 'Pipeline');
  for (const stage of pipeline.stages) {
    check(stage.variables, `Stage ${stage.name}`);
    for (const job of stage.jobs) check(job.variables, `Job ${job.name}`);
  }
}
