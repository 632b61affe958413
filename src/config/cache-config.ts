import * as z from 'zod/mini';
import { distinct, expecting, obsolete, optional, refuse, required, section, withDefault } from './fields.ts';
import { oneToken, tokenFields } from './login.ts';
import { flag, imageReference, oneOf, repository, text, wholeNumber } from './scalars.ts';

/** How much what is built is trusted: each tier has caches of its own. */
const cacheTiers = ['trusted', 'unsigned', 'pull-request-target', 'merge-group', 'local'] as const;

const username = expecting(z.string().check(z.regex(/^[!-9;-~]+$/)), {
  expected: 'a user name without ":" and white space',
});

const login = section(
  {
    tier: required(oneOf(cacheTiers), { description: 'Trust tier whose builds write with it.' }),
    username: required(username, { description: 'User name, as `docker login` would take it.' }),
    ...tokenFields(),
  },
  oneToken(true),
);

/** What is kept from one build to the next, where, and who may write it. */
export const cache = section(
  {
    enabled: withDefault(flag, false, {
      description: 'Whether layers and cache mounts are kept in a registry between builds.',
    }),
    'cache-repo': optional(repository, { description: 'Repository that holds them.' }),
    logins: withDefault(
      expecting(z.array(login).check(distinct(({ tier }) => tier)), { expected: 'a list of logins' }),
      [],
      {
        description:
          'Logins with which tiers write to `cache-repo`; a build reads none but that of its own. A tier without one writes with the login of docker, with which all of them read.',
      },
    ),
    mounts: withDefault(flag, true, {
      description:
        'Whether `RUN --mount=type=cache` directories are kept there too, from one engine to the next.',
    }),
    'mount-max-megabytes': withDefault(wholeNumber(1, 1_000_000), 2_048, {
      description:
        'Largest cache mount that is kept, in megabytes (2^20 bytes) of files; the least recently used are left out.',
    }),
    'engine-per-build': withDefault(flag, false, {
      description:
        'Whether every build has an engine of its own that ends with it: cache mounts of trust tiers then need not be kept apart on it, and a pull request finds the layers of steps that mount them.',
    }),
    'helper-image': withDefault(imageReference, 'docker.io/library/debian:stable-slim', {
      description:
        'Image with bash, GNU tar, findutils and coreutils that reads and fills cache mounts; with zstd, it fills them in half the time.',
    }),
    epoch: optional(text, {
      description: 'Any text; with another one no image of an earlier build is reused.',
      examples: ['2026-03'],
    }),
    'cache-run-layers': obsolete(flag, {
      reason: 'BuildKit caches the layer of every instruction',
      hint: 'remove the key; "cache.enabled" switches the whole cache',
    }),
    'cache-copy-layers': obsolete(flag, {
      reason: 'BuildKit caches the layer of every instruction',
      hint: 'remove the key; "cache.enabled" switches the whole cache',
    }),
  },
  (context) => {
    if (!context.value.enabled || context.value['cache-repo'] !== undefined) return;
    const hint = 'set "cache-repo" to the repository that holds the layers';
    refuse(context, { message: 'the cache is enabled, but has no repository', hint }, ['enabled']);
  },
);
