import { Secret } from '../core/index.ts';
import type { AzureCredential } from './credential.ts';

/** A personal access token, which only a person can renew. */
export function patCredential(token: Secret): AzureCredential {
  const authorization = new Secret(`Basic ${Buffer.from(`:${token.reveal()}`).toString('base64')}`);
  return { authorization: async () => authorization, renewed: async () => undefined };
}
