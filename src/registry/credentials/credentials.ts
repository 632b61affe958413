import type { Secret } from '../../core/index.ts';

/** What opens a registry: a password, or a refresh token that OAuth2 exchanges for an access token. */
export type Credentials =
  | { readonly kind: 'password'; readonly username: string; readonly password: Secret }
  | { readonly kind: 'identity-token'; readonly token: Secret };

/** Finds the credentials of a registry (host with port, as in its names); undefined means: go on without. */
export type FindCredentials = (registry: string) => Promise<Credentials | undefined>;
