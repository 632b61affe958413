import { Secret } from '../core/index.ts';
import { readInputs } from '../github/index.ts';
import type { BuildRequest } from '../request/index.ts';
import type { ActionRun } from './run-action.ts';

const names = [
  'image-name',
  'dockerfile',
  'context',
  'build-args',
  'tags',
  'export-tags',
  'platforms',
  'target',
  'use-restricted-registry',
  'use-go-internal-sap-modules',
  'config',
  'dry-run',
  'oidc-token',
  'azure-tenant-id',
  'azure-client-id',
  'azure-client-secret',
] as const;

/** The inputs of the action, one of which names what is to be built in each of its respects. */
export function readBuildInputs({ environment }: Pick<ActionRun, 'environment'>) {
  return readInputs(environment, names);
}

type BuildInputs = ReturnType<typeof readBuildInputs>;

/** What the inputs ask for. Throws `usage.invalid`. */
export function requestedBuild(inputs: BuildInputs): BuildRequest {
  const [name, target] = [inputs.text('image-name'), inputs.text('target')];
  return {
    ...(name === '' ? {} : { name }),
    dockerfile: inputs.text('dockerfile') || './Dockerfile',
    context: inputs.text('context') || '.',
    ...(target === '' ? {} : { target }),
    tags: inputs.lines('tags'),
    buildArgs: inputs.lines('build-args'),
    platforms: inputs.lines('platforms'),
    exportTags: inputs.flag('export-tags'),
    useRestrictedRegistry: inputs.flag('use-restricted-registry'),
    useGoModules: inputs.flag('use-go-internal-sap-modules'),
    ...{ buildContexts: [], secrets: [], registries: [], noCache: false },
  };
}

/** How the inputs say to log in to Azure DevOps. */
export function azureLogin(inputs: BuildInputs) {
  return {
    tenantId: inputs.text('azure-tenant-id'),
    clientId: inputs.text('azure-client-id'),
    clientSecret: secretInput(inputs, 'azure-client-secret'),
  };
}

/** Undefined when it is not given. */
export function secretInput(
  inputs: BuildInputs,
  name: 'oidc-token' | 'azure-client-secret',
): Secret | undefined {
  const text = inputs.text(name);
  return text === '' ? undefined : new Secret(text);
}
