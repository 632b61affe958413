import type { Flag } from './flag.ts';

/** How we log in to Azure DevOps. */
export const azureLogin = [
  {
    name: 'azure-client-id',
    value: 'ID',
    description: 'Entra application that we log in as; default: $AZURE_CLIENT_ID',
    deployed: true,
  },
  {
    name: 'azure-client-secret',
    value: 'SECRET',
    description: 'its secret; default: $AZURE_CLIENT_SECRET, or none in a GitHub job',
    deployed: true,
  },
  {
    name: 'azure-tenant-id',
    value: 'ID',
    description: 'Entra tenant; default: $AZURE_TENANT_ID',
    deployed: true,
  },
] as const satisfies readonly Flag[];

/** Of commands that speak to the pipeline; secrets are better kept in the variables, which others cannot see. */
export const remote = [
  {
    name: 'backend',
    value: 'BACKEND',
    description: 'where to build: auto, local or azure-devops; default: backend of the configuration',
  },
  {
    name: 'oidc-token',
    value: 'TOKEN',
    description:
      'token that proves who asks; default: $AUTHORIZATION, or one that GitHub gives out for the request',
    deployed: true,
  },
  ...azureLogin,
  {
    name: 'ado-preview-run',
    description: 'print the final YAML of the run that would be started, and start none',
    deployed: true,
  },
  {
    name: 'ado-preview-run-yaml-path',
    value: 'FILE',
    description: 'pipeline file to preview in place of the one in the service',
    deployed: true,
  },
] as const satisfies readonly Flag[];
