import { ImageBuilderError } from '../../core/index.ts';
import { parseSubject } from '../certificates/parse-subject.ts';
import { SigningRefusal } from './signing-refusal.ts';

/** What one client may have signed. */
export interface AllowedClient {
  /** The whole subject of its certificate as RFC 4514 writes it, in any order. */
  readonly subject: string;
  /** Beginnings of repositories, by whole components: `registry/team` is not `registry/team-two`. */
  readonly gunPrefixes: readonly string[];
}

/** Finds what a client may have signed by the attributes of its subject. */
export interface AllowList {
  /** Throws `client-unknown`. */
  readonly find: (attributes: ReadonlyMap<string, readonly string[]>) => AllowedClient;
}

/** Throws `config.invalid` for a subject that cannot be read, or that stands there twice. */
export function allowList(clients: readonly AllowedClient[]): AllowList {
  const known = new Map<string, AllowedClient>();
  for (const [index, client] of clients.entries()) {
    const attributes = parseSubject(client.subject);
    const message = `subject ${JSON.stringify(client.subject)} cannot be read`;
    if (attributes === undefined) throw invalid(index, message, 'write it like "C=DE, O=Example, CN=ci"');
    const key = keyOf(attributes.map(({ type, value }) => [type, value]));
    if (known.has(key)) throw invalid(index, 'this subject stands here twice', 'join their lists of GUNs');
    known.set(key, client);
  }
  return {
    find(attributes) {
      const pairs = [...attributes].flatMap(([type, values]) =>
        values.map((value) => [type, value] as const),
      );
      const client = known.get(keyOf(pairs));
      if (client !== undefined) return client;
      throw new SigningRefusal('client-unknown', 'the subject of the client certificate is not on the list');
    },
  };
}

/** One text for a subject, whatever order its attributes come in; JSON keeps values from running into each other. */
function keyOf(pairs: readonly (readonly [type: string, value: string])[]): string {
  return JSON.stringify(pairs.map((pair) => JSON.stringify(pair)).toSorted());
}

/** Throws `gun-forbidden` unless one of the client's prefixes covers the GUN. */
export function checkGun(client: AllowedClient, gun: string): void {
  const covered = client.gunPrefixes.some((prefix) => `${gun}/`.startsWith(`${prefix.replace(/\/$/, '')}/`));
  if (!covered) throw new SigningRefusal('gun-forbidden', `this client may not have "${gun}" signed`);
}

function invalid(index: number, message: string, hint: string): ImageBuilderError<'config.invalid'> {
  const path = `allow[${index}].subject`;
  return new ImageBuilderError(
    'config.invalid',
    `clients of the signing service: ${message}`,
    { problems: [{ path, message, hint }] },
    { hint },
  );
}
