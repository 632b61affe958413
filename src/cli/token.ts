import type { Settings } from '../config/index.ts';
import { ImageBuilderError, Secret } from '../core/index.ts';
import { openHttpClient } from '../http/index.ts';
import { type Caller, openIssuerKeys, rejected, trustedIssuers, verifyToken } from '../identity/index.ts';
import { neutraliseLine, printJson } from '../progress/index.ts';
import { clearFile, writeFileWhole } from '../report/index.ts';
import type { CommandRun } from './commands.ts';
import { agent, clock } from './connect.ts';
import { loadConfiguration } from './load-configuration.ts';
import { one } from './one.ts';
import { unknownAction, usageError } from './usage-error.ts';
import { warn } from './warn.ts';
import { wholeNumber } from './whole-number.ts';

/** Milliseconds; an issuer answers in a tenth of a second. */
const timeouts = { connect: 5_000, headers: 10_000, body: 10_000 };

/**
 * `token verify` says who sent a token, or why it is rejected. Whom to believe is never read from a checkout, which is
 * the caller's.
 */
export async function token(run: CommandRun): Promise<number> {
  const { args, console, signal } = run;
  const [action = ''] = args.positionals;
  if (action !== 'verify') throw unknownAction('token', action, ['verify']);
  const output = one(args, 'output-path');
  if (output !== undefined) await clearFile(output);
  const untrustedToken = readToken(run);
  const minutes = wholeNumber(args, 'oidc-token-expiration-time', { from: 1, to: 24 * 60 });
  const { settings, warnings, file } = await loadConfiguration(run, undefined);
  warn(run, warnings);
  const identity = identityOf(settings, file);
  const acceptedSecondsAfterIssue = minutes === undefined ? identity.acceptedAfterIssue : minutes * 60;
  const http = openHttpClient({ clock, random: Math.random, userAgent: agent, timeouts });
  try {
    const keys = openIssuerKeys({ http, signal });
    const trust = { issuers: trustedIssuers(identity), keys, acceptedSecondsAfterIssue };
    const caller = await verifyToken(untrustedToken, trust, clock());
    const result = verifierOutput(caller);
    if (output !== undefined) await writeFileWhole(output, printJson(result));
    console.stdout.write(args.switches.get('json') ? printJson(callerObject(caller), 2) : describe(caller));
    return 0;
  } finally {
    await http.close();
  }
}

/** The token of the caller, from the command line or the environment. Throws `usage.invalid`. */
export function readToken({ args, console }: CommandRun): Secret {
  const { AUTHORIZATION, PARAMETER_Authorization: deployed } = console.environment;
  const text = one(args, 'token') ?? (AUTHORIZATION || deployed || '');
  if (text !== '') return new Secret(text);
  const hint = 'set the environment variable AUTHORIZATION, or --token, which others on this machine can see';
  throw usageError('--token', 'no token is given', hint);
}

/** Whom to believe. Throws `config.invalid` when the configuration does not say it. */
export function identityOf({ identity }: Settings, file: string): NonNullable<Settings['identity']> {
  if (identity !== undefined) return identity;
  const message = 'no issuer of tokens is trusted';
  const hint = 'add "identity" with the issuers whose tokens are believed';
  const problems = [{ source: file, path: 'identity', message, hint }];
  throw new ImageBuilderError('config.invalid', `configuration "${file}" is incomplete`, { problems });
}

/** What the deployed pipeline reads. A token that is bound to a request proves nothing about the pipeline's parameters. */
function verifierOutput({ issuer, audience }: Caller): { github_url: string; client_id: string } {
  if (audience.kind === 'bound' || issuer.audience.kind === 'bound') throw rejected('aud', 'bound');
  return { github_url: issuer.githubUrl, client_id: issuer.audience.value };
}

function callerObject({ issuer, claims, issuedAt }: Caller) {
  return { issuer: issuer.name, issuer_url: issuer.url, issued_at: issuedAt.toISOString(), claims };
}

function describe({ issuer, claims }: Caller): string {
  const { repository, event, ref, sha, runId, buildNumber = runId } = claims;
  const parts = [repository, event, ref, sha, buildNumber === undefined ? undefined : `run ${buildNumber}`];
  const known = parts.filter((text) => text !== undefined).join(', ');
  return `the token is that of ${neutraliseLine(known)}, says issuer "${issuer.name}"\n`;
}
