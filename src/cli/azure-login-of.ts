import { Secret } from '../core/index.ts';
import type { CommandRun } from './commands.ts';
import { one } from './one.ts';

/** How the command line says to log in to Azure DevOps. */
export function azureLoginOf(args: CommandRun['args']) {
  return {
    tenantId: one(args, 'azure-tenant-id'),
    clientId: one(args, 'azure-client-id'),
    clientSecret: secretFlag(args, 'azure-client-secret'),
  };
}

/** Undefined when it is empty too. */
export function secretFlag(args: CommandRun['args'], name: string): Secret | undefined {
  const value = one(args, name);
  return value === undefined || value === '' ? undefined : new Secret(value);
}
