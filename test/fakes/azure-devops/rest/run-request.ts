import type { RunRequest } from '../runs/run.ts';
import { Refusal, unknownToEmulator } from './refusal.ts';
import type { RestCall } from './route.ts';

/** A request to run, or to show what would run. */
export interface ReadRequest {
  readonly request: RunRequest;
  readonly previewRun: boolean;
  readonly yamlOverride: string | undefined;
}

type Json = Record<string, unknown>;

const known = ['previewRun', 'yamlOverride', 'stagesToSkip', 'templateParameters', 'variables', 'resources'];

/** Reads the body of call 1 or 2; members that the contract does not know are refused. */
export function readRunRequest({ request, body }: RestCall): ReadRequest {
  const json = readJson(request.headers['content-type'], body);
  refuseOthers(json, known, 'the member');
  const previewRun = json.previewRun ?? false;
  if (typeof previewRun !== 'boolean') throw wrongType('previewRun', previewRun, 'Boolean');
  const { yamlOverride } = json;
  if (yamlOverride !== undefined && typeof yamlOverride !== 'string')
    throw wrongType('yamlOverride', yamlOverride, 'String');
  const stagesToSkip = json.stagesToSkip ?? [];
  if (!Array.isArray(stagesToSkip)) throw wrongType('stagesToSkip', stagesToSkip, 'Array');
  const parameters = objectOf(json.templateParameters, 'templateParameters');
  return {
    previewRun,
    yamlOverride,
    request: {
      stagesToSkip: stagesToSkip.map((stage) => textOf(stage)),
      templateParameters: Object.fromEntries(
        Object.entries(parameters).map(([name, value]) => [name, textOf(value)]),
      ),
      variables: variablesOf(objectOf(json.variables, 'variables')),
      ...sourceOf(objectOf(json.resources, 'resources')),
    },
  };
}

/** A body of JSON, which must be an object. */
export function readJson(contentType: string | undefined, body: Buffer): Json {
  if (body.length === 0)
    throw new Refusal(
      400,
      'ArgumentNullException',
      'Value cannot be null.\r\nParameter name: runParameters',
      0,
    );
  if (!/^application\/json\b/i.test(contentType ?? ''))
    throw new Refusal(
      415,
      'UnsupportedMediaTypeException',
      `The request entity's media type '${contentType}' is not supported for this resource.`,
      0,
    );
  let json: unknown;
  try {
    json = JSON.parse(body.toString());
  } catch {
    throw new Refusal(
      400,
      'VssRequestContentTypeNotSupportedException',
      'TF400898: The body is not JSON.',
      0,
    );
  }
  return objectOf(json, 'body');
}

function objectOf(value: unknown, name: string): Json {
  if (value === undefined || value === null) return {};
  if (typeof value !== 'object' || Array.isArray(value)) throw wrongType(name, value, 'Object');
  return value as Json;
}

function refuseOthers(json: Json, names: readonly string[], what: string): void {
  for (const name of Object.keys(json))
    if (!names.includes(name)) throw unknownToEmulator(`${what} "${name}" of the body`);
}

function textOf(value: unknown): string {
  if (typeof value === 'string') return value;
  const kind = Array.isArray(value) ? 'Array' : typeof value === 'object' ? 'Object' : typeof value;
  const name = kind.charAt(0).toUpperCase() + kind.slice(1);
  const shown = typeof value === 'object' ? name : String(value);
  throw new Refusal(
    400,
    'PipelineValidationException',
    `Unable to convert from ${name} to String. Value: ${shown}`,
  );
}

function wrongType(name: string, value: unknown, expected: string): Refusal {
  return new Refusal(
    400,
    'VssPropertyValidationException',
    `"${name}" is a ${typeof value}, not a ${expected}`,
    0,
  );
}

function variablesOf(json: Json): RunRequest['variables'] {
  const entries = Object.entries(json).map(([name, told]) => {
    const variable = objectOf(told, `variables.${name}`);
    refuseOthers(variable, ['value', 'isSecret'], 'the member');
    const isSecret = variable.isSecret ?? false;
    if (typeof isSecret !== 'boolean') throw wrongType('isSecret', isSecret, 'Boolean');
    return [name, { value: textOf(variable.value ?? ''), isSecret }] as const;
  });
  return Object.fromEntries(entries);
}

/** Which commit of the pipeline's own repository the file is taken from. */
function sourceOf(json: Json): Pick<RunRequest, 'refName' | 'version'> {
  refuseOthers(json, ['repositories'], 'the resource');
  const repositories = objectOf(json.repositories, 'repositories');
  refuseOthers(repositories, ['self'], 'the repository');
  const self = objectOf(repositories.self, 'self');
  refuseOthers(self, ['refName', 'version'], 'the member');
  return {
    refName: textOf(self.refName ?? 'refs/heads/main'),
    version: textOf(self.version ?? '8f3c0d1e5b7a49260d1c3e5f7a9b1c3d5e7f9a0b'),
  };
}
