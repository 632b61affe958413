import * as z from 'zod/mini';
import { expecting, optional, refuse, withDefault } from './fields.ts';
import { text, variableName } from './scalars.ts';

const username = expecting(z.string().check(z.regex(/^[A-Za-z0-9._@-]+$/)), {
  expected: 'a user name of letters, digits, ".", "_", "-" and "@"',
});

const hostPattern = /^[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?(?::[1-9][0-9]{0,4})?$/;

export const gitHost = expecting(z.string().check(z.regex(hostPattern)), {
  expected: 'a host in lower case, such as "github.example.com", or host:port',
  title: 'host',
});

/** How we log in to a git server. */
export function loginFields() {
  return {
    username: withDefault(username, 'x-access-token', {
      description: 'User name that goes with the token; GitHub takes any.',
    }),
    ...tokenFields(),
  };
}

/** Where a token is: the configuration never holds the token itself. */
export function tokenFields() {
  return {
    'token-variable': optional(variableName, { description: 'Environment variable that holds the token.' }),
    'token-file': optional(text, { description: 'File that holds the token.' }),
  };
}

interface TokenKeys {
  readonly 'token-variable'?: string | undefined;
  readonly 'token-file'?: string | undefined;
}

/** A check that a token has one source; with `always` it has to have one. */
export function oneToken(always: boolean): z.core.CheckFn<TokenKeys> {
  return (context) => {
    const { 'token-variable': variable, 'token-file': file } = context.value;
    const hint = 'keep "token-variable" or "token-file"';
    if (variable !== undefined && file !== undefined)
      refuse(context, { message: 'the token has two sources', hint }, ['token-file']);
    if (always && variable === undefined && file === undefined)
      refuse(context, { message: 'there is no token', hint: 'set "token-variable" or "token-file"' });
  };
}
