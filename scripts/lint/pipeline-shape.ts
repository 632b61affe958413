import { dependenciesOf, type Job, membersOf, type Part, type Stage } from './pipeline-parts.ts';
import { asList, asMapping, type LintProblem, type YamlFile } from './yaml-file.ts';

const common = ['displayName', 'condition', 'dependsOn', 'variables'];
const onStep = ['name', 'displayName', 'condition', 'timeoutInMinutes', 'continueOnError', 'env'];

/** Of the keys that Azure DevOps knows those that this project uses. */
const pipelineKeys = ['name', 'trigger', 'pr', 'parameters', 'stages'];
const stageKeys = ['stage', ...common, 'jobs'];
const jobKeys = ['job', ...common, 'strategy', 'pool', 'timeoutInMinutes', 'cancelTimeoutInMinutes', 'steps'];
const stepKeys: Readonly<Record<string, readonly string[]>> = {
  checkout: [],
  script: [...onStep, 'target', 'workingDirectory', 'failOnStderr'],
  publish: [...onStep, 'artifact'],
  download: [...onStep, 'artifact', 'patterns'],
};
const parameterTypes = ['string', 'number', 'boolean'];

type Problem = YamlFile['problem'];

/** Whether everything stands where Azure DevOps looks for it, and whatever is waited for exists. */
export function checkShape(file: YamlFile, stages: readonly Stage[]): readonly LintProblem[] {
  const { problem, value } = file;
  const unknown = membersOf(value, []).filter(({ key }) => !pipelineKeys.includes(key));
  return [
    ...unknown.map(({ key, place }) => problem(place, `a pipeline has no "${key}" here`)),
    ...(stages.length === 0 ? [problem([], 'the pipeline has no stages')] : []),
    ...checkParameters(file),
    ...checkOrder(stages, problem),
    ...stages.flatMap((stage) => checkStage(stage, problem)),
  ];
}

function checkParameters({ value, problem }: YamlFile): readonly LintProblem[] {
  return asList(asMapping(value).parameters).flatMap((item, index) => {
    const { name, type, default: initial, values } = asMapping(item);
    const say = (message: string) => problem(['parameters', index], `parameter "${name}" ${message}`);
    const found: LintProblem[] = [];
    if (!parameterTypes.includes(String(type))) found.push(say(`has the type "${type}"`));
    if (initial !== undefined && type !== undefined && typeof initial !== type)
      found.push(say(`is a ${type}, and its default is none`));
    if (values !== undefined && initial !== undefined && !asList(values).includes(initial))
      found.push(say('has a default that is none of its values'));
    return found;
  });
}

function checkStage(stage: Stage, problem: Problem): readonly LintProblem[] {
  return [
    ...checkKeys(stage, stageKeys, problem),
    ...(stage.jobs.length === 0 ? [problem(stage.place, `stage "${stage.name}" has no jobs`)] : []),
    ...checkOrder(stage.jobs, problem),
    ...stage.jobs.flatMap((job) => checkJob(job, problem)),
  ];
}

function checkJob(job: Job, problem: Problem): readonly LintProblem[] {
  const say = (message: string) => problem(job.place, `job "${job.name}" ${message}`);
  const found = [...checkKeys(job, jobKeys, problem)];
  for (const key of ['timeoutInMinutes', 'cancelTimeoutInMinutes'])
    if (!(Number(job.value[key]) > 0)) found.push(say(`has no ${key} above zero`));
  if (typeof asMapping(job.value.pool).name !== 'string') found.push(say('names no pool'));
  if (job.steps[0]?.value.checkout !== 'none')
    found.push(say('checks the pipeline out; begin with "checkout: none"'));
  return [...found, ...job.steps.flatMap((step) => checkStep(step, problem))];
}

function checkStep(step: Part, problem: Problem): readonly LintProblem[] {
  const kind = Object.keys(stepKeys).find((key) => key in step.value);
  if (kind === undefined)
    return [problem(step.place, `a step is one of ${Object.keys(stepKeys).join(', ')}`)];
  return checkKeys(step, [kind, ...(stepKeys[kind] ?? [])], problem);
}

function checkKeys({ members }: Part, known: readonly string[], problem: Problem): readonly LintProblem[] {
  return members
    .filter(({ key }) => !known.includes(key))
    .map(({ key, place }) => problem(place, `there is no "${key}" here; known: ${known.join(', ')}`));
}

/** Names are there and distinct, and everybody waits for what comes before, so that nobody waits for ever. */
function checkOrder(parts: readonly Part[], problem: Problem): readonly LintProblem[] {
  return parts.flatMap((part, index) => {
    const before = parts.slice(0, index).map(({ name }) => name);
    const missing = (dependenciesOf(part) ?? []).filter((name) => !before.includes(name));
    const waits = missing.map((name) =>
      problem(
        [...part.place, 'dependsOn'],
        `"${part.name}" depends on "${name}", which does not come before it`,
      ),
    );
    const isNamed = /^[A-Za-z_]\w*$/.test(part.name) && !before.includes(part.name);
    return isNamed
      ? waits
      : [problem(part.place, `"${part.name}" is no name, or one that is taken`), ...waits];
  });
}
