import { lstat, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { X509Certificate } from '@peculiar/x509';
import { ImageBuilderError, type Problem, reasonOf } from '../../core/index.ts';
import type { Repository } from '../../oci/index.ts';
import { parseStrictJson } from '../envelope/strict-json.ts';
import { type ProblemList, problemList } from './problem-list.ts';
import { type NamedStore, type PolicyStatement, readPolicies, type StoreType } from './read-policies.ts';
import { readTrustStore } from './read-trust-store.ts';
import { anyRepository, scopeOf } from './registry-scope.ts';

/** A statement of the trust policy with the certificates that it trusts. */
export interface TrustPolicy extends Omit<PolicyStatement, 'stores'> {
  readonly stores: Readonly<Record<StoreType, readonly X509Certificate[]>>;
}

/** Whom to trust with which repository. */
export interface Trust {
  /** Of the trust policy document. */
  readonly path: string;
  readonly policies: readonly TrustPolicy[];
}

/**
 * Reads `trustpolicy.json` and `truststore/x509/<type>/<name>` of a folder, in the format of notation 1.3 (its own is
 * `notation` in the user's configuration). Throws `config.not-found`, or `config.invalid` with all that is wrong.
 */
export async function loadTrust({ directory }: { readonly directory: string }): Promise<Trust> {
  const path = join(directory, 'trustpolicy.json');
  const list = problemList(path);
  const statements = await readDocument(path, list);
  const stores = new Map<string, Promise<StoreReading>>();
  const reading = (store: NamedStore) => {
    const name = nameOf(store);
    const read = stores.get(name) ?? readStore(directory, store);
    stores.set(name, read);
    return read;
  };
  const policies = await Promise.all(statements.map((statement) => withStores(statement, reading)));
  const problems = [
    ...list.problems,
    ...(await Promise.all(stores.values())).flatMap(({ problems }) => problems),
  ];
  if (problems.length > 0) throw invalid(path, problems);
  return { path, policies };
}

/** The policy that names this repository, else the one for every repository. */
export function policyFor(trust: Trust, repository: Repository): TrustPolicy | undefined {
  const having = (scope: string) => trust.policies.find(({ scopes }) => scopes.includes(scope));
  return having(scopeOf(repository)) ?? having(anyRepository);
}

async function readDocument(path: string, list: ProblemList): Promise<readonly PolicyStatement[]> {
  try {
    const status = await lstat(path);
    if (!status.isFile()) {
      list.add('', {
        message: 'the trust policy must be a file',
        hint: 'links are refused: copy the file instead',
      });
      return [];
    }
    const document = parseStrictJson(await readFile(path), 'the trust policy');
    return readPolicies(document, list);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') throw notFound(path);
    list.add('', { message: reasonOf(error) });
    return [];
  }
}

interface StoreReading {
  readonly certificates: readonly X509Certificate[];
  readonly problems: readonly Problem[];
}

async function readStore(directory: string, { type, name }: NamedStore): Promise<StoreReading> {
  const folder = join(directory, 'truststore', 'x509', type, name);
  const { certificates, faults } = await readTrustStore({ type, folder });
  const problems = faults.map(({ path, reason }) => ({
    message: `trust store "${type}:${name}": ${reason}`,
    source: path,
  }));
  return { certificates, problems };
}

async function withStores(
  { stores, ...statement }: PolicyStatement,
  reading: (store: NamedStore) => Promise<StoreReading>,
): Promise<TrustPolicy> {
  const trusted = async (type: StoreType) => {
    const readings = await Promise.all(stores.filter((store) => store.type === type).map(reading));
    return readings.flatMap(({ certificates }) => certificates);
  };
  const [ca, signingAuthority, tsa] = await Promise.all([
    trusted('ca'),
    trusted('signingAuthority'),
    trusted('tsa'),
  ]);
  return { ...statement, stores: { ca, signingAuthority, tsa } };
}

function nameOf({ type, name }: NamedStore): string {
  return `${type}:${name}`;
}

const formatHint =
  'the format is that of notation, see https://notaryproject.dev/docs/user-guides/how-to/manage-trust-policy/';

function notFound(path: string): ImageBuilderError<'config.not-found'> {
  return new ImageBuilderError(
    'config.not-found',
    `there is no trust policy "${path}"`,
    { path },
    { hint: formatHint },
  );
}

function invalid(path: string, problems: readonly Problem[]): ImageBuilderError<'config.invalid'> {
  const count = problems.length === 1 ? 'a problem' : `${problems.length} problems`;
  return new ImageBuilderError(
    'config.invalid',
    `trust policy "${path}" has ${count}`,
    { problems },
    { hint: formatHint },
  );
}
