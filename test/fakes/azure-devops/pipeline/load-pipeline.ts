import type { Dictionary } from './expressions/value.ts';
import type { Pipeline } from './model/pipeline.ts';
import { readPipeline } from './model/read-pipeline.ts';
import { PipelineError } from './pipeline-error.ts';
import { expandTemplate } from './template/expand-template.ts';
import { readParameters } from './template/parameters.ts';
import { type MappingNode, parseYaml, printYaml } from './template/yaml-node.ts';

export interface LoadedPipeline {
  readonly pipeline: Pipeline;
  /** The file after its template expressions, as a preview shows it. */
  readonly finalYaml: string;
}

/** Reads the text of a pipeline file for one run of it. Whatever it does not know is a `PipelineError`. */
export function loadPipeline(
  text: string,
  given: Readonly<Record<string, string>>,
  predefined: Dictionary = new Map(),
): LoadedPipeline {
  const root = parseYaml(text);
  if (root.kind !== 'mapping') throw new PipelineError('The pipeline file is no mapping');
  const isParameters = ({ key }: MappingNode['pairs'][number]) => key.text === 'parameters';
  const declared = root.pairs.find(isParameters)?.value;
  const parameters = readParameters(declared, given);
  const body: MappingNode = { ...root, pairs: root.pairs.filter((pair) => !isParameters(pair)) };
  const expanded = expandTemplate(body, { parameters, variables: predefined });
  const pipeline = readPipeline(expanded);
  return { pipeline, finalYaml: printYaml(expanded) };
}
