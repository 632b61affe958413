import {
  type Digest,
  isImageTag,
  parseDigest,
  parseRepository,
  printRepository,
  type Repository,
} from '../../oci/index.ts';
import { SigningRefusal } from './signing-refusal.ts';

/** One image of a request, under all the tags that the request names for it. */
export interface SigningOrder {
  readonly gun: string;
  readonly repository: Repository;
  readonly digest: Digest;
  /** As the client says; nobody has looked yet. */
  readonly size: number;
  readonly tags: readonly string[];
}

/** Images in one request; a build has a handful. */
const maxTargets = 100;
/** Characters of a wrong value that a message repeats. */
const shownLength = 100;

type Members = Readonly<Record<string, unknown>>;

/**
 * Reads the body of a request strictly: no unknown key, no name that could mean two repositories, no digest but
 * SHA-256. Throws `request-invalid`.
 */
export function parseSigningRequest(untrustedBody: Uint8Array): readonly SigningOrder[] {
  const { trustedCollections } = members(parseJson(untrustedBody), 'the body', ['trustedCollections']);
  const orders = new Map<string, SigningOrder>();
  let count = 0;
  for (const [at, collection] of list(trustedCollections, 'trustedCollections').entries()) {
    const path = `trustedCollections[${at}]`;
    const { gun, targets } = members(collection, path, ['gun', 'targets']);
    const repository = readGun(gun, `${path}.gun`);
    for (const [index, target] of list(targets, `${path}.targets`).entries()) {
      if (++count > maxTargets) throw invalid(`expected at most ${maxTargets} targets`);
      addOrder(orders, repository, readTarget(target, `${path}.targets[${index}]`));
    }
  }
  return [...orders.values()];
}

type Target = Pick<SigningOrder, 'digest' | 'size'> & { readonly tag: string };

function addOrder(orders: Map<string, SigningOrder>, repository: Repository, target: Target): void {
  const { digest, size, tag } = target;
  const gun = printRepository(repository);
  const key = `${gun}@${digest}`;
  const known = orders.get(key);
  if (known !== undefined && known.size !== size)
    throw invalid(`${key} has two values of byteSize: ${known.size} and ${size}`);
  const tags = [...new Set([...(known?.tags ?? []), tag])];
  orders.set(key, { gun, repository, digest, size, tags });
}

function parseJson(untrustedBody: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(untrustedBody));
  } catch {
    throw invalid('the body is not JSON in UTF-8');
  }
}

/** Only the normal form: what is compared with the list of clients is what gets signed. */
function readGun(untrusted: unknown, path: string): Repository {
  const repository = typeof untrusted === 'string' ? parseRepository(untrusted) : undefined;
  if (repository !== undefined && printRepository(repository) === untrusted) return repository;
  throw wrong(
    path,
    'a registry and a repository without a tag, such as "registry.example.com/team/app"',
    untrusted,
  );
}

function readTarget(untrusted: unknown, path: string): Target {
  const { name, byteSize, digest } = members(untrusted, path, ['name', 'byteSize', 'digest']);
  if (typeof name !== 'string' || !isImageTag(name)) throw wrong(`${path}.name`, 'a tag', name);
  if (typeof byteSize !== 'number' || !Number.isSafeInteger(byteSize) || byteSize < 1)
    throw wrong(`${path}.byteSize`, 'the size of the manifest in bytes', byteSize);
  const parsed = typeof digest === 'string' ? parseDigest(`sha256:${digest}`) : undefined;
  if (parsed === undefined)
    throw wrong(`${path}.digest`, '64 lower-case hexadecimal digits without "sha256:"', digest);
  return { digest: parsed, size: byteSize, tag: name };
}

function members(untrusted: unknown, path: string, keys: readonly string[]): Members {
  if (typeof untrusted !== 'object' || untrusted === null || Array.isArray(untrusted))
    throw wrong(path, 'an object', untrusted);
  const unknown = Object.keys(untrusted).find((key) => !keys.includes(key));
  if (unknown !== undefined) throw invalid(`${path} has the unknown key ${shown(unknown)}`);
  const missing = keys.find((key) => !Object.hasOwn(untrusted, key));
  if (missing !== undefined) throw invalid(`${path} lacks the key "${missing}"`);
  return untrusted as Members;
}

function list(untrusted: unknown, path: string): readonly unknown[] {
  if (Array.isArray(untrusted) && untrusted.length > 0) return untrusted;
  throw wrong(path, 'a list that is not empty', untrusted);
}

function wrong(path: string, expected: string, untrusted: unknown): SigningRefusal {
  return invalid(`${path}: expected ${expected}, got ${shown(untrusted)}`);
}

function shown(untrusted: unknown): string {
  if (Array.isArray(untrusted)) return untrusted.length === 0 ? 'an empty list' : 'a list';
  if (typeof untrusted === 'object' && untrusted !== null) return 'an object';
  const text = JSON.stringify(untrusted);
  return text.length > shownLength ? `${text.slice(0, shownLength)}…` : text;
}

function invalid(message: string): SigningRefusal {
  return new SigningRefusal('request-invalid', message);
}
