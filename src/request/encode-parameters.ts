import { ImageBuilderError } from '../core/index.ts';
import type { RequestedSource } from '../identity/index.ts';
import { jobTypeOf } from '../policy/index.ts';
import type { BuildRequest } from './build-request.ts';
import type { ParsedRequest } from './parse-remote-request.ts';
import type { ParameterName, PipelineParameters } from './pipeline-parameters.ts';

type Parameters = Readonly<Partial<Record<ParameterName, string>>>;

/** The parameters of a run that carries this request out; `submission` tells it from every other one. */
export function encodeParameters(
  { source, build }: ParsedRequest,
  { submission }: { readonly submission: string },
): PipelineParameters {
  const { name, target, tagsBase64, buildContexts, registries, noCache } = build;
  const options = { tagsBase64, buildContexts, registries, noCache };
  return given({
    ...sourceParameters(source),
    ...switches(build),
    BaseRef: base64(source.ref),
    Name: base64(name ?? ''),
    Dockerfile: base64(build.dockerfile),
    Context: base64(build.context),
    Target: base64(target ?? ''),
    BuildArgs: base64(JSON.stringify(build.buildArgs)),
    Tags: base64(JSON.stringify(build.tags)),
    Platforms: base64(JSON.stringify(build.platforms)),
    Encoding: 'base64',
    RunId: source.runId,
    Options: base64(JSON.stringify(options)),
    Submission: submission,
  });
}

/**
 * The parameters as deployed pipelines take them. Throws `request.invalid` for what their form cannot carry: it would
 * arrive as something else.
 */
export function encodeDeployedParameters({ source, build }: ParsedRequest): PipelineParameters {
  for (const field of ['buildContexts', 'registries'] as const)
    if (build[field].length > 0) throw notCarried(field, 'at all');
  if (build.noCache) throw notCarried('noCache', 'at all');
  if (build.tagsBase64 !== undefined && build.tags.length > 0) throw notCarried('tags', 'in two forms');
  return given({
    ...sourceParameters(source),
    ...switches(build),
    BaseRef: source.ref,
    Name: build.name ?? source.name.toLowerCase(),
    Dockerfile: build.dockerfile,
    Context: build.context,
    Target: build.target ?? '',
    BuildArgs: joined('buildArgs', build.buildArgs),
    Tags: build.tagsBase64 ?? (build.tags.length === 0 ? '' : base64(joined('tags', build.tags))),
    Platforms: build.platforms.join(','),
  });
}

function sourceParameters(source: RequestedSource): Parameters {
  const { owner, name, event, eventSha, commitSha, pullRequest } = source;
  return {
    RepoOwner: owner,
    RepoName: name,
    JobType: jobTypeOf(event) ?? '',
    PullNumber: pullRequest === undefined ? '' : String(pullRequest),
    PullBaseSHA: eventSha,
    PullPullSHA: event === 'pull_request_target' ? commitSha : '',
  };
}

function switches({ exportTags, useGoModules, useRestrictedRegistry }: BuildRequest): Parameters {
  return {
    ExportTags: String(exportTags),
    UseGoInternalSAPModules: String(useGoModules),
    useRestrictedRegistry: String(useRestrictedRegistry),
  };
}

/** What is empty is left to the default of the pipeline. */
function given(parameters: Parameters): PipelineParameters {
  return Object.fromEntries(Object.entries(parameters).filter(([, value]) => value !== ''));
}

function base64(text: string): string {
  return Buffer.from(text).toString('base64');
}

function joined(field: string, values: readonly string[]): string {
  if (values.some((value) => /[,\r\n]/.test(value)))
    throw notCarried(field, 'with a comma or a line break in it');
  return values.join(',');
}

function notCarried(field: string, how: string): ImageBuilderError<'request.invalid'> {
  const message = `"${field}" cannot travel ${how} in the parameters of a deployed pipeline`;
  const hint = 'leave it out, or set "ado-parameters" to "encoded" and use the pipeline of this version';
  return new ImageBuilderError('request.invalid', message, { field }, { hint });
}
