import {
  asList,
  asMapping,
  type LintProblem,
  type Mapping,
  textsIn,
  type YamlFile,
  type YamlPath,
} from './yaml-file.ts';

export interface WorkflowContext {
  /** The inputs that a local action declares; undefined when there is none at this path. */
  readonly inputsOfAction: (path: string) => readonly string[] | undefined;
  /** References that are right although they can move. */
  readonly movingReferences: readonly string[];
}

interface Rules extends WorkflowContext, Pick<YamlFile, 'problem'> {}

/** What we want of our workflows beyond what linters know. */
export function checkWorkflow(file: YamlFile, context: WorkflowContext): readonly LintProblem[] {
  const workflow = asMapping(file.value);
  const rules = { ...context, problem: file.problem };
  const jobs = Object.entries(asMapping(workflow.jobs));
  return [
    ...checkTop(workflow, rules),
    ...jobs.flatMap(([name, job]) => checkJob(asMapping(job), ['jobs', name], rules)),
    ...unusedInputs(workflow, rules),
  ];
}

function checkTop({ permissions }: Mapping, { problem }: Rules): readonly LintProblem[] {
  const none =
    typeof permissions === 'object' && permissions !== null && Object.keys(permissions).length === 0;
  return none ? [] : [problem(['permissions'], 'expected "permissions: {}" on top, each job has its own')];
}

function checkJob(job: Mapping, place: YamlPath, rules: Rules): readonly LintProblem[] {
  const found: LintProblem[] = [];
  if (job.permissions === undefined)
    found.push(rules.problem(place, 'the job has no permissions of its own'));
  if (job.uses !== undefined) return [...found, ...checkReference(job, place, rules)];
  if (job['timeout-minutes'] === undefined)
    found.push(rules.problem(place, 'the job has no timeout-minutes'));
  const steps = asList(job.steps).map(asMapping);
  return [...found, ...steps.flatMap((step, index) => checkStep(step, [...place, 'steps', index], rules))];
}

function checkStep(step: Mapping, place: YamlPath, rules: Rules): readonly LintProblem[] {
  const { problem } = rules;
  if (typeof step.run === 'string')
    return step.run.includes('${{')
      ? [problem([...place, 'run'], 'no expression belongs into a script; hand it over in "env"')]
      : [];
  const keeps =
    String(step.uses).startsWith('actions/checkout@') &&
    asMapping(step.with)['persist-credentials'] !== false;
  const kept = keeps
    ? [problem(place, 'checkout leaves a credential behind; set "persist-credentials: false"')]
    : [];
  return [...kept, ...checkReference(step, place, rules)];
}

function checkReference(
  { uses, with: given }: Mapping,
  place: YamlPath,
  rules: Rules,
): readonly LintProblem[] {
  const reference = String(uses);
  const at = [...place, 'uses'];
  if (reference.startsWith('./')) return checkLocalAction(reference, asMapping(given), { ...rules, place });
  const pinned =
    /^[^@]+@[0-9a-f]{40}$/.test(reference) || /^docker:\/\/.+@sha256:[0-9a-f]{64}$/.test(reference);
  if (pinned || rules.movingReferences.includes(reference)) return [];
  return [rules.problem(at, `"${reference}" can move; name its commit`)];
}

function checkLocalAction(
  path: string,
  given: Mapping,
  { place, problem, inputsOfAction }: Rules & { readonly place: YamlPath },
): readonly LintProblem[] {
  const inputs = inputsOfAction(path);
  if (inputs === undefined) return [problem([...place, 'uses'], `there is no action at "${path}"`)];
  return Object.keys(given)
    .filter((name) => !inputs.includes(name))
    .map((name) => problem([...place, 'with', name], `"${path}" has no input "${name}"`));
}

/** An input that nothing reads is one that a caller believes in. */
function unusedInputs(workflow: Mapping, { problem }: Rules): readonly LintProblem[] {
  const declared = Object.keys(asMapping(asMapping(asMapping(workflow.on).workflow_call).inputs));
  const used = [...textsIn(workflow.jobs)].flatMap(({ text }) =>
    [...text.matchAll(/\binputs\.([\w-]+)/g)].map((match) => match[1]),
  );
  return declared
    .filter((name) => !used.includes(name))
    .map((name) => problem(['on', 'workflow_call', 'inputs', name], `input "${name}" is read nowhere`));
}
