import { isFailure } from '../core/index.ts';
import type { AzureCredential } from './credential.ts';
import { type EntraCredentialOptions, type EntraToken, requestEntraToken } from './request-entra-token.ts';
import { sharedWork } from './shared-work.ts';

/**
 * A service principal of Microsoft Entra. Its token is asked for when it is needed, by all who need it together, and
 * again some minutes before it expires; until then a token is used further while Entra cannot be reached.
 */
export function entraCredential(options: EntraCredentialOptions): AzureCredential {
  let held: EntraToken | undefined;
  const renew = sharedWork(async (signal) => {
    held = await requestEntraToken(options, signal);
    return held.authorization;
  });
  const now = () => options.clock().getTime();
  const authorization: AzureCredential['authorization'] = async (signal) => {
    if (held !== undefined && now() < held.renewAt) return held.authorization;
    try {
      return await renew(signal);
    } catch (error) {
      if (mayPass(error) && held !== undefined && now() < held.expiresAt) return held.authorization;
      throw error;
    }
  };
  return {
    authorization,
    async renewed(rejected, signal) {
      if (held?.authorization === rejected) held = undefined;
      return authorization(signal);
    },
  };
}

/** Entra is down, or whoever gives out the assertion. */
function mayPass(error: unknown): boolean {
  return isFailure(error, 'azure.unavailable') || isFailure(error, 'identity.unavailable');
}
