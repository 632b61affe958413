import { ImageBuilderError, Secret } from '../../core/index.ts';
import type { FindCredentials } from './credentials.ts';

/** The user name under which Google's registries take an OAuth access token as the password. */
const accessTokenUser = 'oauth2accesstoken';
const cloudPlatform = 'https://www.googleapis.com/auth/cloud-platform';

/** Gives an access token of application default credentials; undefined when there are none. */
export type GoogleAccessToken = () => Promise<string | undefined>;

/** Credentials for Artifact Registry and Container Registry; for every other host there are none. */
export function googleCredentials(accessToken: GoogleAccessToken = defaultAccessToken()): FindCredentials {
  return async (registry) => {
    if (!isGoogleRegistry(registry)) return undefined;
    const token = await accessToken();
    return token === undefined
      ? undefined
      : { kind: 'password', username: accessTokenUser, password: new Secret(token) };
  };
}

function isGoogleRegistry(registry: string): boolean {
  return registry === 'gcr.io' || registry.endsWith('.gcr.io') || registry.endsWith('.pkg.dev');
}

/** Loads Google's library at the first use, and keeps its cache of tokens. */
function defaultAccessToken(): GoogleAccessToken {
  let auth: Promise<{ getAccessToken(): Promise<string | null | undefined> }> | undefined;
  return async () => {
    auth ??= import('google-auth-library').then(
      ({ default: { GoogleAuth } }) => new GoogleAuth({ scopes: cloudPlatform }),
    );
    const library = await auth;
    try {
      return (await library.getAccessToken()) ?? undefined;
    } catch (error) {
      if (error instanceof Error && error.message.includes('Could not load the default credentials'))
        return undefined;
      const message = 'google application default credentials cannot be used';
      const hint = 'renew them: gcloud auth application-default login';
      throw new ImageBuilderError(
        'config.invalid',
        message,
        { problems: [{ message, hint }] },
        { hint, cause: error },
      );
    }
  };
}
