/** What a run of the pipeline `oci-image-builder` is given: texts, as the service takes no others. */
export type PipelineParameters = Readonly<Record<string, string>>;

/**
 * How texts of a caller travel. `base64`: the pipeline cannot take them for anything, and lists stay lists. `plain`: as
 * deployed pipelines and deployed callers have it, lists separated by commas.
 */
export const encodings = ['plain', 'base64'] as const;

/** Every parameter that the pipeline file declares, in its order; those after `useRestrictedRegistry` are not deployed. */
export const parameterNames = [
  'RepoName',
  'RepoOwner',
  'JobType',
  'PullNumber',
  'PullBaseSHA',
  'BaseRef',
  'PullPullSHA',
  'Name',
  'Dockerfile',
  'EnvFile',
  'Context',
  'ExportTags',
  'BuildArgs',
  'Tags',
  'Authorization',
  'UseGoInternalSAPModules',
  'Platforms',
  'Target',
  'useRestrictedRegistry',
  'Encoding',
  'RunId',
  'Options',
  'Submission',
] as const;

export type ParameterName = (typeof parameterNames)[number];

/** The name of the secret variable that the token of the caller travels in. */
export const tokenVariable = 'OIDC_TOKEN';
