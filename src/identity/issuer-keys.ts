import type { JWK } from 'jose';
import { fetchKeys, type KeyRequest } from './fetch-keys.ts';
import { isKeyFor } from './signature-algorithms.ts';
import type { SignatureAlgorithm, TrustedIssuer } from './trusted-issuer.ts';

/** Milliseconds. An issuer that withdraws a key is obeyed after this time at the latest. */
const lifetime = 10 * 60_000;
/** Milliseconds between two looks for keys that nobody has: made-up key ids cost the issuer nothing. */
const pause = 30_000;

export interface WantedKey {
  readonly keyId: string;
  readonly algorithm: SignatureAlgorithm;
}

/** Knows the public keys of issuers. */
export interface KeySource {
  /** Undefined when the issuer has no such key, or two of them. Throws `identity.unavailable`, or `cancelled`. */
  readonly find: (issuer: TrustedIssuer, wanted: WantedKey, now: Date) => Promise<JWK | undefined>;
}

export interface KeySourceOptions extends Omit<KeyRequest, 'deadline'> {
  /** Milliseconds for one look at an issuer's keys. */
  readonly deadline?: number;
}

interface HeldKeys {
  readonly keys: readonly JWK[];
  /** Milliseconds since 1970. */
  readonly fetched: number;
}

/**
 * Asks issuers for their keys and keeps them for ten minutes; a key that is not among them is looked for once more.
 * Callers at the same time share one question.
 */
export function openIssuerKeys({ deadline = 20_000, ...request }: KeySourceOptions): KeySource {
  const held = new Map<string, HeldKeys>();
  const asked = new Map<string, Promise<HeldKeys>>();
  const ask = (issuer: TrustedIssuer, now: Date): Promise<HeldKeys> => {
    const running = asked.get(issuer.url) ?? fetchAndHold(issuer, now.getTime());
    asked.set(issuer.url, running);
    return running;
  };
  const fetchAndHold = async (issuer: TrustedIssuer, fetched: number): Promise<HeldKeys> => {
    try {
      const keys = { keys: await fetchKeys(issuer, { ...request, deadline }), fetched };
      held.set(issuer.url, keys);
      return keys;
    } finally {
      asked.delete(issuer.url);
    }
  };
  return {
    async find(issuer, wanted, now) {
      const known = held.get(issuer.url);
      const age = known === undefined ? lifetime : now.getTime() - known.fetched;
      const found = known === undefined || age >= lifetime ? undefined : select(known.keys, wanted);
      if (found !== undefined || age < pause) return found;
      return select((await ask(issuer, now)).keys, wanted);
    },
  };
}

function select(keys: readonly JWK[], { keyId, algorithm }: WantedKey): JWK | undefined {
  const fitting = keys.filter((key) => key.kid === keyId && isKeyFor(key, algorithm));
  return fitting.length === 1 ? fitting[0] : undefined;
}
