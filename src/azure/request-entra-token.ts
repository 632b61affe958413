import { type Clock, type ImageBuilderError, Secret } from '../core/index.ts';
import type { HttpClient, HttpResponse, RetryNotice } from '../http/index.ts';
import { answerFailure, atBorder, isPage, unreadable } from './azure-failure.ts';
import { entraRefusal } from './entra-refusal.ts';
import { parseJson } from './service-words.ts';
import { countOf, members, textOf } from './untrusted-json.ts';

const method = 'POST';
/** The resource that Azure DevOps is to Entra, in every tenant. */
const scope = '499b84ac-1321-427f-aa17-267ca6975798/.default';
/** Seconds. */
const renewBeforeEnd = 300;
/** Seconds, for an answer that does not say; short, since nothing is lost with it. */
const defaultLifetime = 600;

/** What a service principal shows for itself: a secret, or a token of an issuer that its application trusts. */
export type EntraProof =
  | { readonly kind: 'secret'; readonly secret: Secret }
  | {
      readonly kind: 'assertion';
      /** Asked for every token anew, since an assertion lives for minutes. */
      readonly assertion: (signal: AbortSignal) => Promise<Secret>;
    };

export interface EntraCredentialOptions {
  readonly http: HttpClient;
  readonly clock: Clock;
  readonly tenantId: string;
  readonly clientId: string;
  readonly proof: EntraProof;
  /** `https://login.microsoftonline.com` when left out. */
  readonly authorityUrl?: string | undefined;
  readonly onRetry?: ((notice: RetryNotice) => void) | undefined;
}

export interface EntraToken {
  /** The whole header value. */
  readonly authorization: Secret;
  /** Milliseconds since the epoch. */
  readonly renewAt: number;
  readonly expiresAt: number;
}

/** Client credentials grant of OAuth 2 as Entra has it (version 2.0 of its endpoint). */
export async function requestEntraToken(
  options: EntraCredentialOptions,
  signal: AbortSignal,
): Promise<EntraToken> {
  const { http, onRetry } = options;
  return atBorder(() => http.retrying(() => askOnce(options, signal), { signal, onRetry }), signal);
}

async function askOnce(options: EntraCredentialOptions, signal: AbortSignal): Promise<EntraToken> {
  const { http, clock, clientId, proof } = options;
  const secret = proof.kind === 'secret' ? proof.secret : await proof.assertion(signal);
  const form = new URLSearchParams({
    client_id: clientId,
    scope,
    grant_type: 'client_credentials',
    ...proofFields(proof, secret),
  });
  const started = clock().getTime();
  const response = await http.open({
    method,
    url: tokenAddress(options),
    headers: { accept: 'application/json', 'content-type': 'application/x-www-form-urlencoded' },
    body: Buffer.from(form.toString()),
    redirects: 'answer',
    faults: 'answer',
    signal,
  });
  try {
    if (response.status !== 200) throw await entraRefusal({ method, response }, secret);
    return readToken(response, await response.text(), started);
  } finally {
    response.discard();
  }
}

function tokenAddress({ authorityUrl, tenantId }: EntraCredentialOptions): URL {
  const authority = (authorityUrl ?? 'https://login.microsoftonline.com').replace(/\/+$/, '');
  return new URL(`${authority}/${encodeURIComponent(tenantId)}/oauth2/v2.0/token`);
}

function proofFields({ kind }: EntraProof, secret: Secret): Record<string, string> {
  if (kind === 'secret') return { client_secret: secret.reveal() };
  return {
    client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
    client_assertion: secret.reveal(),
  };
}

function readToken(response: HttpResponse, untrustedText: string, started: number): EntraToken {
  if (isPage(response)) throw noToken(response);
  const answer = parseJson(untrustedText);
  if (answer === undefined) throw unreadable({ method, response }, 'the answer is not JSON');
  const { access_token: token, token_type: type, expires_in: expiresIn } = members(answer);
  const usable = typeof token === 'string' && /^[!-~]+$/.test(token);
  if (!usable || textOf(type)?.toLowerCase() !== 'bearer') throw noToken(response);
  const lifetime = countOf(expiresIn) ?? defaultLifetime;
  const margin = Math.min(renewBeforeEnd, lifetime / 2);
  return {
    authorization: new Secret(`Bearer ${token}`),
    renewAt: started + (lifetime - margin) * 1000,
    expiresAt: started + lifetime * 1000,
  };
}

function noToken(response: HttpResponse): ImageBuilderError {
  return answerFailure(
    'azure.refused',
    { method, response },
    {
      said: `${response.status}, an answer without a bearer token`,
      hint: 'check the address of the authority; a proxy may answer in its place',
    },
  );
}
