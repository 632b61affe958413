import { createHash, timingSafeEqual } from 'node:crypto';
import type { EntraOptions } from './entra-options.ts';
import { EntraRefusal, entraBody } from './entra-refusal.ts';
import { verifyAssertion } from './verify-assertion.ts';

const scope = '499b84ac-1321-427f-aa17-267ca6975798/.default';
const assertionType = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';
const known = [
  'client_id',
  'scope',
  'grant_type',
  'client_secret',
  'client_assertion_type',
  'client_assertion',
];

export interface TokenRequest {
  readonly tenant: string;
  readonly contentType: string | undefined;
  readonly body: string;
}

export interface TokenIssuer {
  readonly options: EntraOptions;
  readonly clock: () => Date;
  readonly issue: (seconds: number) => string;
}

/** Answers a request for a token of Azure DevOps: client credentials by secret or by assertion. */
export async function issueToken(
  request: TokenRequest,
  issuer: TokenIssuer,
): Promise<{ readonly status: number; readonly body: object }> {
  try {
    await check(request, issuer);
  } catch (error) {
    if (!(error instanceof EntraRefusal)) throw error;
    return { status: error.status, body: entraBody(error, issuer.clock()) };
  }
  const seconds = issuer.options.lifetimeSeconds ?? 3_599;
  return {
    status: 200,
    body: {
      token_type: 'Bearer',
      expires_in: seconds,
      ext_expires_in: seconds,
      access_token: issuer.issue(seconds),
    },
  };
}

async function check(
  { tenant, contentType, body }: TokenRequest,
  { options, clock }: TokenIssuer,
): Promise<void> {
  if (!/^application\/x-www-form-urlencoded\b/i.test(contentType ?? ''))
    throw new EntraRefusal(900144, 'The request body must be a form.');
  const form = new URLSearchParams(body);
  const other = [...form.keys()].find((name) => !known.includes(name));
  if (other !== undefined) throw new EntraRefusal(900144, `The emulator does not know the field "${other}".`);
  if (tenant !== options.tenant) throw new EntraRefusal(90002, `Tenant '${tenant}' not found.`);
  if (form.get('grant_type') !== 'client_credentials')
    throw new EntraRefusal(70003, `The app requested an unsupported grant type '${form.get('grant_type')}'.`);
  if (form.get('client_id') !== options.clientId)
    throw new EntraRefusal(
      700016,
      `Application with identifier '${form.get('client_id')}' was not found in the directory.`,
    );
  if (form.get('scope') !== scope)
    throw new EntraRefusal(70011, `The provided value for the input parameter 'scope' is not valid.`);
  await checkProof(form, options, clock());
}

async function checkProof(form: URLSearchParams, options: EntraOptions, now: Date): Promise<void> {
  const { federated: credentials = [], ca } = options;
  const [secret, assertion] = [form.get('client_secret'), form.get('client_assertion')];
  if (assertion !== null && form.get('client_assertion_type') === assertionType)
    return verifyAssertion(assertion, { credentials, ca, now });
  if (secret === null)
    throw new EntraRefusal(
      7000218,
      "The request body must contain the following parameter: 'client_assertion' or 'client_secret'.",
    );
  if (options.clientSecret === undefined || !isSame(secret, options.clientSecret))
    throw new EntraRefusal(7000215, 'Invalid client secret provided.');
}

function isSame(given: string, expected: string): boolean {
  const [a, b] = [given, expected].map((text) => createHash('sha256').update(text).digest());
  return a !== undefined && b !== undefined && timingSafeEqual(a, b);
}
