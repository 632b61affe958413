import { dependenciesOf, type Stage } from './pipeline-parts.ts';
import { asList, asMapping, type LintProblem, textsIn, type YamlFile } from './yaml-file.ts';

/** `stageDependencies.STAGE.JOB.outputs`, with the output's `['STEP.VARIABLE']` unless all are meant. */
const outputs = /\bstageDependencies\.(\w+)\.(\w+)\.outputs(?:\['(\w+)\.(\w+)'\])?/g;
const results = /(?<![\w.])dependencies\.(\w+)\.result\b/g;

/** Whether what is read from an earlier stage is set there, and artifacts that are fetched are published. */
export function checkOutputs({ problem }: YamlFile, stages: readonly Stage[]): readonly LintProblem[] {
  return stages.flatMap((stage, index) => {
    const before = stages.slice(0, index);
    const awaited = dependenciesOf(stage) ?? before.slice(-1).map(({ name }) => name);
    return [...textsIn(stage.value, stage.place)]
      .flatMap(({ text, place }) => [
        ...[...text.matchAll(outputs)].flatMap((match) => {
          const fault = faultOf(
            match,
            before.filter(({ name }) => awaited.includes(name)),
          );
          return fault === undefined ? [] : [problem(place, `"${match[0]}": ${fault}`)];
        }),
        ...[...text.matchAll(results)]
          .filter(([, name = '']) => !awaited.includes(name))
          .map(([, name]) => problem(place, `"${stage.name}" does not depend on stage "${name}"`)),
      ])
      .concat(checkDownloads(stage, before, problem));
  });
}

function faultOf([, stageName, jobName, stepName, variable]: RegExpMatchArray, awaited: readonly Stage[]) {
  const stage = awaited.find(({ name }) => name === stageName);
  if (stage === undefined) return `the stage does not depend on "${stageName}"`;
  const job = stage.jobs.find(({ name }) => name === jobName);
  if (job === undefined) return `stage "${stageName}" has no job "${jobName}"`;
  if (stepName === undefined) return undefined;
  const step = job.steps.find(({ name }) => name === stepName);
  if (step === undefined) return `job "${jobName}" has no step "${stepName}"`;
  const settable = asList(asMapping(step.value.target).settableVariables);
  return settable.includes(variable) ? undefined : `step "${stepName}" may not set "${variable}"`;
}

function checkDownloads(stage: Stage, before: readonly Stage[], problem: YamlFile['problem']) {
  const stepsOf = ({ jobs }: Stage) => jobs.flatMap(({ steps }) => steps);
  const published = before
    .flatMap(stepsOf)
    .flatMap(({ value }) => ('publish' in value ? [value.artifact] : []));
  return stepsOf(stage)
    .filter(
      ({ value }) =>
        value.artifact !== undefined && 'download' in value && !published.includes(value.artifact),
    )
    .map(({ value, place }) => problem(place, `no earlier stage publishes "${value.artifact}"`));
}
