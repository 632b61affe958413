import { errorAt } from '../pipeline-error.ts';
import type { YamlNode } from '../template/yaml-node.ts';
import { booleanOf, type Fields, fieldsOf, hasKey, itemsOf, numberOf, textOf, textsOf } from './fields.ts';
import { expressionOf, grammars } from './grammars.ts';
import type { Restrictions, Step, StepCommon } from './pipeline.ts';

const commonKeys = [
  'name',
  'displayName',
  'condition',
  'env',
  'timeoutInMinutes',
  'continueOnError',
  'target',
  'enabled',
] as const;

type CommonFields = Fields<(typeof commonKeys)[number]>;

/** How each kind of step is written; the first key decides which it is. */
const readers: Readonly<Record<string, (node: YamlNode) => readonly Step[]>> = {
  checkout(node) {
    const { checkout } = fieldsOf(node, ['checkout']);
    if (checkout === undefined || textOf(checkout) !== 'none')
      throw errorAt(node.at, 'The emulator knows only "checkout: none"');
    return [];
  },
  script(node) {
    const fields = fieldsOf(node, ['script', 'workingDirectory', 'failOnStderr', ...commonKeys]);
    const { script, workingDirectory, failOnStderr } = fields;
    return enabled(fields, {
      kind: 'script',
      ...commonOf(fields, 'CmdLine'),
      script: script ? textOf(script) : '',
      workingDirectory: workingDirectory && textOf(workingDirectory),
      failOnStderr: failOnStderr !== undefined && booleanOf(failOnStderr),
    });
  },
  publish(node) {
    const fields = fieldsOf(node, ['publish', 'artifact', ...commonKeys]);
    return enabled(fields, {
      kind: 'publish',
      ...commonOf(fields, 'PublishPipelineArtifact'),
      path: fields.publish ? textOf(fields.publish) : '',
      artifact: fields.artifact ? textOf(fields.artifact) : '',
    });
  },
  download(node) {
    const fields = fieldsOf(node, ['download', 'artifact', ...commonKeys]);
    const source = fields.download ? textOf(fields.download) : '';
    if (source === 'none') return [];
    if (source !== 'current') throw errorAt(node.at, `The emulator knows no "download: ${source}"`);
    const common = commonOf(fields, 'DownloadPipelineArtifact');
    return enabled(fields, {
      kind: 'download',
      ...common,
      artifact: fields.artifact && textOf(fields.artifact),
    });
  },
};

export function readSteps(node: YamlNode | undefined): readonly Step[] {
  const steps = (node === undefined ? [] : itemsOf(node)).flatMap((item) => {
    const kind = Object.keys(readers).find((key) => hasKey(item, key));
    const reader = kind === undefined ? undefined : readers[kind];
    if (reader !== undefined) return reader(item);
    const first = item.kind === 'mapping' ? item.pairs[0]?.key.text : undefined;
    throw errorAt(item.at, first === undefined ? 'Expected a mapping' : `Unexpected value '${first}'`);
  });
  return withNames(steps);
}

function enabled(fields: CommonFields, step: Step): readonly Step[] {
  return fields.enabled !== undefined && !booleanOf(fields.enabled) ? [] : [step];
}

function commonOf(fields: CommonFields, displayName: string): StepCommon {
  const { name, condition, env, timeoutInMinutes, continueOnError } = fields;
  if (name !== undefined && !/^\w+$/.test(textOf(name)))
    throw errorAt(name.at, `The step name '${textOf(name)}' is not valid`);
  return {
    name: name ? textOf(name) : '',
    displayName: fields.displayName ? textOf(fields.displayName) : displayName,
    condition: condition && expressionOf(condition, grammars.stepCondition),
    env: env ? environmentOf(env) : {},
    timeoutInMinutes: timeoutInMinutes ? numberOf(timeoutInMinutes) : 0,
    continueOnError: continueOnError !== undefined && booleanOf(continueOnError),
    restrictions: restrictionsOf(fields.target),
  };
}

function environmentOf(node: YamlNode): Readonly<Record<string, string>> {
  if (node.kind !== 'mapping') throw errorAt(node.at, 'Expected a mapping');
  return Object.fromEntries(node.pairs.map(({ key, value }) => [key.text, textOf(value)]));
}

function restrictionsOf(node: YamlNode | undefined): Restrictions {
  if (node === undefined || (node.kind === 'scalar' && node.text === 'host'))
    return { commands: 'any', settableVariables: undefined };
  const { container, commands, settableVariables } = fieldsOf(node, [
    'container',
    'commands',
    'settableVariables',
  ]);
  if (container !== undefined && textOf(container) !== 'host')
    throw errorAt(container.at, `The emulator knows only the container "host"`);
  const mode = commands ? textOf(commands) : 'any';
  if (mode !== 'any' && mode !== 'restricted') throw errorAt(node.at, `Unexpected value '${mode}'`);
  const none = settableVariables?.kind === 'scalar' && settableVariables.text === 'none';
  return { commands: mode, settableVariables: none ? [] : settableVariables && textsOf(settableVariables) };
}

/** A step without a name is called after its task: CmdLine, CmdLine1, … */
function withNames(steps: readonly Step[]): readonly Step[] {
  const taken = new Set<string>();
  const tasks = {
    script: 'CmdLine',
    publish: 'PublishPipelineArtifact',
    download: 'DownloadPipelineArtifact',
  };
  return steps.map((step) => {
    let name = step.name || tasks[step.kind];
    for (let count = 1; step.name === '' && taken.has(name); count++) name = `${tasks[step.kind]}${count}`;
    if (taken.has(name))
      throw errorAt({ line: 1, column: 1 }, `The step name ${name} appears more than once`);
    taken.add(name);
    return { ...step, name };
  });
}
