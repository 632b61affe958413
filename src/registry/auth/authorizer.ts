import type { Secret } from '../../core/index.ts';
import type { Credentials, FindCredentials } from '../credentials/credentials.ts';
import { apiRoot } from '../registry-address.ts';
import { type Access, grantsOf } from './access.ts';
import { type Challenge, parseChallenges } from './parse-challenges.ts';
import {
  type BearerToken,
  basicAuthorization,
  requestToken,
  type TokenRequestContext,
} from './request-token.ts';

/** Milliseconds that found credentials are used before they are looked up again; cloud tokens live an hour. */
const credentialsLifetime = 5 * 60_000;

interface HeldToken extends BearerToken {
  readonly grants: ReadonlySet<string>;
}

export interface AuthorizerContext extends TokenRequestContext {
  readonly credentials: FindCredentials;
}

/** The answer that refused an authorization. */
export interface Rejection {
  readonly challengeHeader: string | undefined;
  readonly authorization: Secret | undefined;
}

/**
 * Knows how one registry wants to be asked: its challenge, our credentials for it and the tokens that it gave us.
 * Callers that need the same at the same time share one request, which therefore none of them can cancel.
 */
export class Authorizer {
  readonly #registry: string;
  readonly #context: AuthorizerContext;
  #challenge: Promise<Challenge | undefined> | undefined;
  #credentials: { readonly found: Promise<Credentials | undefined>; readonly until: number } | undefined;
  #tokens: readonly HeldToken[] = [];
  readonly #requested = new Map<string, Promise<Secret>>();

  constructor(registry: string, context: AuthorizerContext) {
    this.#registry = registry;
    this.#context = context;
  }

  /** The `Authorization` header for these accesses; undefined when the registry wants none or we have nothing. */
  async authorization(access: readonly Access[]): Promise<Secret | undefined> {
    this.#challenge ??= this.#ping();
    const challenge = await this.#challenge.catch((error: unknown) => {
      this.#challenge = undefined;
      throw error;
    });
    if (challenge === undefined) return undefined;
    if (challenge.scheme === 'bearer') return this.#token(challenge, access);
    const credentials = await this.#findCredentials();
    return credentials?.kind === 'password'
      ? basicAuthorization(credentials.username, credentials.password)
      : undefined;
  }

  /** A better header after a 401; undefined when there is none, so that nothing is asked twice with the same. */
  async renewed(access: readonly Access[], rejection: Rejection): Promise<Secret | undefined> {
    const { challengeHeader, authorization: rejected } = rejection;
    const challenge = challengeHeader === undefined ? undefined : usableChallenge(challengeHeader);
    if (challenge === undefined) return undefined;
    this.#challenge = Promise.resolve(challenge);
    this.#credentials = undefined;
    this.#tokens = this.#tokens.filter(({ authorization }) => authorization !== rejected);
    const fresh = await this.authorization(access);
    return fresh?.reveal() === rejected?.reveal() ? undefined : fresh;
  }

  async #ping(): Promise<Challenge | undefined> {
    const { http, plainHttp, onRetry } = this.#context;
    const url = apiRoot(this.#registry, plainHttp);
    const header = await http.request(
      { method: 'GET', url },
      async (response) => (response.status === 401 ? response.header('www-authenticate') : undefined),
      { onRetry },
    );
    return header === undefined ? undefined : usableChallenge(header);
  }

  async #token(challenge: Challenge, access: readonly Access[]): Promise<Secret> {
    const needed = grantsOf(access);
    const now = this.#context.clock().getTime();
    this.#tokens = this.#tokens.filter(({ expiresAt }) => expiresAt > now);
    const held = this.#tokens.find(({ grants }) => needed.every((grant) => grants.has(grant)));
    if (held !== undefined) return held.authorization;
    const key = needed.join(' ');
    const running = this.#requested.get(key) ?? this.#fetchToken(challenge, access, new Set(needed));
    this.#requested.set(key, running);
    return running.finally(() => this.#requested.delete(key));
  }

  async #fetchToken(
    challenge: Challenge,
    access: readonly Access[],
    grants: ReadonlySet<string>,
  ): Promise<Secret> {
    const credentials = await this.#findCredentials();
    const token = await requestToken(
      { registry: this.#registry, challenge, access, credentials },
      this.#context,
    );
    this.#tokens = [...this.#tokens, { ...token, grants }];
    return token.authorization;
  }

  #findCredentials(): Promise<Credentials | undefined> {
    const now = this.#context.clock().getTime();
    if (this.#credentials === undefined || this.#credentials.until <= now) {
      this.#credentials = {
        found: this.#context.credentials(this.#registry),
        until: now + credentialsLifetime,
      };
    }
    return this.#credentials.found;
  }
}

/** The strongest challenge that we can answer. */
function usableChallenge(header: string): Challenge | undefined {
  const challenges = parseChallenges(header);
  const of = (scheme: string) => challenges.find((challenge) => challenge.scheme === scheme);
  return of('bearer') ?? of('basic');
}
