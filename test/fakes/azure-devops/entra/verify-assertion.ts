import { createPublicKey, type JsonWebKey, verify } from 'node:crypto';
import { get } from 'node:https';
import { text } from 'node:stream/consumers';
import type { FederatedCredential } from './entra-options.ts';
import { EntraRefusal } from './entra-refusal.ts';

type Claims = Readonly<Record<string, unknown>>;

export interface AssertionCheck {
  readonly credentials: readonly FederatedCredential[];
  readonly ca: string | undefined;
  readonly now: Date;
}

/** Checks a token of another issuer as Entra does: its signature with the issuer's own keys, then its claims. */
export async function verifyAssertion(
  assertion: string,
  { credentials, ca, now }: AssertionCheck,
): Promise<void> {
  const [head = '', body = '', signature = '', ...more] = assertion.split('.');
  const [header, claims] = [decode(head), decode(body)];
  if (header === undefined || claims === undefined || signature === '' || more.length > 0)
    throw new EntraRefusal(50027, 'JWT token is invalid or malformed.');
  const ofIssuer = credentials.filter(({ issuer }) => issuer === claims.iss);
  if (ofIssuer.length === 0)
    throw new EntraRefusal(
      700211,
      `No matching federated identity record found for presented assertion issuer '${claims.iss}'.`,
    );
  const key = await keyOf(String(claims.iss), header.kid, ca);
  const signed = Buffer.from(`${head}.${body}`);
  if (header.alg !== 'RS256' || !verify('sha256', signed, key, Buffer.from(signature, 'base64url')))
    throw new EntraRefusal(50013, 'Assertion failed signature validation.');
  const seconds = now.getTime() / 1000;
  if (!(Number(claims.exp) > seconds) || Number(claims.nbf ?? 0) > seconds + 300)
    throw new EntraRefusal(700024, 'Client assertion is not within its valid time range.');
  checkClaims(claims, ofIssuer);
}

function checkClaims(claims: Claims, credentials: readonly FederatedCredential[]): void {
  const ofAudience = credentials.filter(
    ({ audience = 'api://AzureADTokenExchange' }) => audience === claims.aud,
  );
  if (ofAudience.length === 0)
    throw new EntraRefusal(
      700212,
      `No matching federated identity record found for presented assertion audience '${claims.aud}'.`,
    );
  const fits = ofAudience.some(
    ({ subject, jobWorkflowRef }) =>
      (subject === undefined || subject === claims.sub) &&
      (jobWorkflowRef === undefined || matches(String(claims.job_workflow_ref), jobWorkflowRef)),
  );
  if (!fits)
    throw new EntraRefusal(
      700213,
      `No matching federated identity record found for presented assertion subject '${claims.sub}'.`,
    );
}

function matches(text: string, pattern: string): boolean {
  const parts = pattern.split('*').map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${parts.join('.*')}$`).test(text);
}

function decode(part: string): Claims | undefined {
  try {
    return JSON.parse(Buffer.from(part, 'base64url').toString());
  } catch {
    return undefined;
  }
}

async function keyOf(issuer: string, kid: unknown, ca: string | undefined) {
  const { jwks_uri } = await getJson(`${issuer}/.well-known/openid-configuration`, ca);
  const { keys } = await getJson(String(jwks_uri), ca);
  const key = Array.isArray(keys) ? keys.find((one: JsonWebKey) => one.kid === kid) : undefined;
  if (key === undefined)
    throw new EntraRefusal(50013, 'Assertion failed signature validation. [Reason - The key was not found.]');
  return createPublicKey({ key, format: 'jwk' });
}

function getJson(url: string, ca: string | undefined): Promise<Record<string, unknown>> {
  return new Promise((resolve, reject) => {
    const request = get(url, { ...(ca !== undefined && { ca }), agent: false }, (response) => {
      text(response)
        .then((body) => resolve(JSON.parse(body)))
        .catch(reject);
    });
    request.on('error', reject);
  });
}
