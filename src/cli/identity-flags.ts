import type { Flag } from './flag.ts';

/** Of `token`. */
export const identifying = [
  {
    name: 'token',
    value: 'TOKEN',
    description: 'the token; default: $AUTHORIZATION, which others on this machine cannot see',
  },
  {
    name: 'oidc-token-expiration-time',
    value: 'MINUTES',
    description:
      'how long after its issue the token is accepted; default: identity.accepted-after-issue of the configuration',
  },
  {
    name: 'output-path',
    value: 'FILE',
    description: 'write github_url and client_id of the issuer to this file, as JSON',
  },
  {
    name: 'config',
    value: 'FILE',
    description:
      'configuration file; default: $IMAGE_BUILDER_CONFIG, the built-in one; never one of a checkout',
  },
] as const satisfies readonly Flag[];
