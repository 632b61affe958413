import type { AzureDevOpsOptions } from '../../../src/azure/azure-devops.ts';
import { type AzureDevOps, openAzureDevOps, patCredential } from '../../../src/azure/index.ts';
import { Secret } from '../../../src/core/index.ts';
import { openTestHttp } from '../registry/open-http.ts';
import type { ScriptedService } from './scripted-service.ts';

export interface TestAzure {
  readonly azure: AzureDevOps;
  /** Milliseconds before each retry and each rest. */
  readonly waits: readonly number[];
}

/** The adapter on a scripted service, whose waits take no time. */
export function openTestAzure(
  { organizationUrl }: Pick<ScriptedService, 'organizationUrl'>,
  options: Partial<Omit<AzureDevOpsOptions, 'http'>> = {},
  patience: Parameters<typeof openTestHttp>[0] = {},
): TestAzure {
  const { http, waits } = openTestHttp(patience);
  const azure = openAzureDevOps({
    http,
    organizationUrl,
    project: 'the project',
    pipelineId: 7,
    credential: patCredential(new Secret('p4t')),
    clock: () => new Date(0),
    sleep: async (milliseconds) => void waits.push(milliseconds),
    ...options,
  });
  return { azure, waits };
}
