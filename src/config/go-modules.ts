import * as z from 'zod/mini';
import { distinct, expecting, listOf, required, section } from './fields.ts';
import { gitHost, loginFields, oneToken } from './login.ts';

/** As `GOPRIVATE` separates patterns by commas, none may hold one. */
const modulePattern = expecting(z.string().check(z.regex(/^[A-Za-z0-9.*?_~[\]/-]+$/)), {
  expected: 'a pattern of module paths such as "github.example.com/*"',
});

const server = section(
  {
    host: required(gitHost, {
      description: 'Host that modules come from, with its port where that is not 443.',
    }),
    ...loginFields(),
  },
  oneToken(true),
);

/** What a build needs to fetch private Go modules. */
export const goModules = section({
  private: required(listOf(modulePattern, 'a list of patterns of module paths').check(z.minLength(1)), {
    description: 'Paths of private modules; builds get them as build argument `GOPRIVATE`.',
    examples: [['github.example.com/*']],
  }),
  hosts: required(
    expecting(
      z.array(server).check(
        z.minLength(1),
        distinct(({ host }) => host),
      ),
      { expected: 'a list of hosts with a token each' },
    ),
    { description: 'Where private modules come from; builds get the logins as build secret `go-netrc`.' },
  ),
});
