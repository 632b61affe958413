import * as z from 'zod/mini';
import { distinct, expecting, optional, required, section, withDefault } from './fields.ts';
import { gitHost, loginFields, oneToken } from './login.ts';
import { duration, flag, text, wholeNumber } from './scalars.ts';

const server = section(
  {
    host: required(gitHost, { description: 'Host of the git server, with its port where that is not 443.' }),
    ...loginFields(),
    ca: optional(text, {
      description: 'PEM file with the only authorities that may vouch for the server.',
    }),
  },
  oneToken(false),
);

/** Where a commit is fetched from when the checkout is not there already, and within which limits. */
export const source = section({
  hosts: withDefault(
    expecting(z.array(server).check(distinct(({ host }) => host)), { expected: 'a list of git servers' }),
    [{ host: 'github.com' }],
    { description: 'Git servers that source may be fetched from, over https; no other is called.' },
  ),
  submodules: withDefault(flag, false, {
    description:
      'Whether submodules are fetched too, from the same servers. Whoever may build can then name any repository that the token can read.',
  }),
  timeout: withDefault(duration, '10m', { description: 'Longest time that fetching may take in all.' }),
  'max-megabytes': withDefault(wholeNumber(1, 1_000_000), 2_048, {
    description: 'Largest commit, in megabytes (2^20 bytes): what is transferred, and its files.',
  }),
  'max-files': withDefault(wholeNumber(1, 10_000_000), 100_000, {
    description: 'How many files a commit may have, those of submodules included.',
  }),
});
