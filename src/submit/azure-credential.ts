import { type AzureCredential, entraCredential, patCredential } from '../azure/index.ts';
import { type Clock, ImageBuilderError, Secret } from '../core/index.ts';
import { requestIdToken } from '../github/index.ts';
import type { HttpClient, RetryNotice } from '../http/index.ts';

export interface CredentialOptions {
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** What the command line or the inputs of the action say; they win. */
  readonly given: {
    readonly tenantId?: string | undefined;
    readonly clientId?: string | undefined;
    readonly clientSecret?: Secret | undefined;
  };
  /** What the configuration says. */
  readonly configured: {
    readonly azureTenantId?: string | undefined;
    readonly azureClientId?: string | undefined;
  };
  readonly isGithub: boolean;
  readonly http: HttpClient;
  readonly clock: Clock;
  readonly onRetry?: ((notice: RetryNotice) => void) | undefined;
}

/** Whom the token is for that takes the place of a client secret. */
const federationAudience = 'api://AzureADTokenExchange';

/**
 * How we log in to Azure DevOps: with the personal access token of the environment where nothing else is given, else as an Entra application, with
 * its secret or, in a GitHub job, without any. The names of the variables are those of Azure's own tools. Throws
 * `usage.invalid`.
 */
export function azureCredential(options: CredentialOptions): AzureCredential {
  const { environment, given, configured, isGithub, http, clock, onRetry } = options;
  const { AZURE_DEVOPS_EXT_PAT: pat, AZURE_CLIENT_SECRET: secret } = environment;
  const isGiven = Boolean(given.tenantId || given.clientId || given.clientSecret);
  if (pat && !isGiven) return patCredential(new Secret(pat));
  const tenantId = given.tenantId || environment.AZURE_TENANT_ID || configured.azureTenantId;
  const clientId = given.clientId || environment.AZURE_CLIENT_ID || configured.azureClientId;
  if (!tenantId || !clientId) throw noLogin();
  const clientSecret = given.clientSecret ?? (secret ? new Secret(secret) : undefined);
  if (clientSecret === undefined && !isGithub) throw noLogin();
  const assertion = (signal: AbortSignal | undefined) =>
    requestIdToken({ environment, http, audience: federationAudience, signal });
  return entraCredential({
    ...{ http, clock, onRetry, tenantId, clientId },
    ...(environment.AZURE_AUTHORITY_HOST ? { authorityUrl: environment.AZURE_AUTHORITY_HOST } : {}),
    proof:
      clientSecret === undefined
        ? { kind: 'assertion', assertion }
        : { kind: 'secret', secret: clientSecret },
  });
}

function noLogin(): ImageBuilderError<'usage.invalid'> {
  const hint =
    'set AZURE_TENANT_ID and AZURE_CLIENT_ID (and AZURE_CLIENT_SECRET outside of GitHub), or AZURE_DEVOPS_EXT_PAT';
  const message = 'nothing says how to log in to Azure DevOps';
  return new ImageBuilderError('usage.invalid', message, { argument: 'AZURE_CLIENT_ID' }, { hint });
}
