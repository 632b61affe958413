import { reasonOf } from '../../core/index.ts';
import { type DistinguishedName, isPartOf, parseDistinguishedName } from './distinguished-name.ts';
import type { ProblemList } from './problem-list.ts';
import { type Place, readItems, readMembers, readText, readWord } from './read-shape.ts';
import { anyRepository, parseScope } from './registry-scope.ts';
import {
  type Actions,
  actions,
  type Check,
  checks,
  type Level,
  levelActions,
  levels,
  overrideFault,
} from './verification-level.ts';

export const storeTypes = ['ca', 'signingAuthority', 'tsa'] as const;
export type StoreType = (typeof storeTypes)[number];

export interface NamedStore {
  readonly type: StoreType;
  readonly name: string;
}

/** One statement of a trust policy document, before its trust stores are read. */
export interface PolicyStatement {
  readonly name: string;
  /** Repositories as `parseScope` spells them. */
  readonly scopes: readonly string[];
  readonly level: Level;
  /** Of the level, with what the statement overrides. */
  readonly actions: Actions;
  /** When a timestamp is needed, given a trust store for its authorities. */
  readonly verifyTimestamp: 'always' | 'afterCertExpiry';
  readonly stores: readonly NamedStore[];
  /** Whose leaf certificates count, all of their attributes; identities for plugins are left out. */
  readonly identities: 'any' | readonly DistinguishedName[];
}

const subjectPrefix = 'x509.subject';

/** Reads a trust policy document of version 1.0, reporting every fault of it. */
export function readPolicies(document: unknown, list: ProblemList): readonly PolicyStatement[] {
  const { version, trustPolicies } = readMembers({ value: document, path: '', list }, [
    'version',
    'trustPolicies',
  ]);
  readWord(version, ['1.0']);
  const places = readItems(trustPolicies);
  if (places.length === 0) list.add('trustPolicies', { message: 'expected at least one trust policy' });
  const statements = places.map(readStatement);
  checkUnique(statements, list);
  return statements;
}

function readStatement(place: Place): PolicyStatement {
  const { list } = place;
  const members = readMembers(place, [
    'name',
    'registryScopes',
    'signatureVerification',
    'trustStores',
    'trustedIdentities',
  ]);
  const name = readText(members.name);
  if (name === '') list.add(members.name.path, { message: 'every trust policy needs a name' });
  const verification = readVerification(members.signatureVerification);
  const stores = readItems(members.trustStores).flatMap(readStore);
  const identities = readIdentities(members.trustedIdentities);
  checkTrustNeeded(members, verification.level);
  return { name, scopes: readScopes(members.registryScopes), ...verification, stores, identities };
}

function readScopes(place: Place): readonly string[] {
  const items = readItems(place);
  if (items.length === 0) place.list.add(place.path, { message: 'expected at least one registry scope' });
  const scopes = items.flatMap((item) => {
    const text = readText(item);
    const scope = parseScope(text);
    if (scope !== undefined) return [scope];
    item.list.add(item.path, {
      message: `"${text}" is no registry scope`,
      hint: 'name one repository with its registry and without a tag, such as "registry.example/team/app", or "*" for every one',
    });
    return [];
  });
  if (scopes.includes(anyRepository) && items.length > 1)
    place.list.add(place.path, {
      message: '"*" stands for every repository and cannot have others beside it',
    });
  return scopes;
}

function readVerification(place: Place): Pick<PolicyStatement, 'level' | 'actions' | 'verifyTimestamp'> {
  const {
    level: levelPlace,
    override,
    verifyTimestamp,
  } = readMembers(place, ['level', 'override', 'verifyTimestamp']);
  const level = readWord(levelPlace, levels);
  const overridden = override.value === undefined ? [] : readOverride(override);
  if (level === 'skip' && overridden.length > 0)
    place.list.add(override.path, { message: 'level "skip" verifies nothing, there is nothing to override' });
  return {
    level,
    actions: { ...levelActions[level], ...Object.fromEntries(overridden) },
    verifyTimestamp:
      verifyTimestamp.value === undefined || verifyTimestamp.value === ''
        ? 'always'
        : readWord(verifyTimestamp, ['always', 'afterCertExpiry']),
  };
}

function readOverride(place: Place): readonly (readonly [Check, Actions[Check]])[] {
  const members = readMembers(place, checks);
  return checks.flatMap((check) => {
    const member = members[check];
    if (member.value === undefined) return [];
    const action = readWord(member, actions);
    const fault = overrideFault(check, action);
    if (fault !== undefined) place.list.add(member.path, { message: fault });
    return [[check, action] as const];
  });
}

function readStore(place: Place): readonly NamedStore[] {
  const text = readText(place);
  const [, type = '', name = ''] = /^([^:]*):([a-zA-Z0-9_.-]+)$/.exec(text) ?? [];
  const known = storeTypes.find((candidate) => candidate === type);
  const isFolderName = name !== '' && name !== '.' && name !== '..';
  if (known !== undefined && isFolderName) return [{ type: known, name }];
  place.list.add(place.path, {
    message: `"${text}" is no trust store`,
    hint: `expected TYPE:NAME with a type of ${storeTypes.join(', ')} and a name of letters, digits, "_", "." and "-"`,
  });
  return [];
}

function readIdentities(place: Place): PolicyStatement['identities'] {
  const items = readItems(place).map((item) => ({ ...item, text: readText(item) }));
  if (items.some(({ text }) => text === '*')) {
    if (items.length > 1)
      place.list.add(place.path, {
        message: '"*" stands for every identity and cannot have others beside it',
      });
    return 'any';
  }
  const named = items.flatMap(({ text, path, list }) => {
    const name = readIdentity(text, { path, list });
    return name === undefined ? [] : [{ text, path, name }];
  });
  for (const [at, { text, path, name }] of named.entries()) {
    const other = named.find((one, index) => index !== at && isPartOf(name, one.name));
    if (other !== undefined) place.list.add(path, { message: `"${text}" overlaps with "${other.text}"` });
  }
  return named.map(({ name }) => name);
}

function readIdentity(text: string, { path, list }: Omit<Place, 'value'>): DistinguishedName | undefined {
  const colon = text.indexOf(':');
  const hint = `expected "*" or "${subjectPrefix}: C=…, ST=…, O=…"`;
  if (colon < 0) {
    list.add(path, { message: `"${text}" is no trusted identity`, hint });
    return undefined;
  }
  if (text.slice(0, colon) !== subjectPrefix) return undefined;
  try {
    return parseDistinguishedName(text.slice(colon + 1));
  } catch (error) {
    list.add(path, { message: `trusted identity "${text}" ${reasonOf(error)}`, hint });
    return undefined;
  }
}

/** A level that verifies nothing must not look as if it did, and the others cannot do without trust. */
function checkTrustNeeded(
  { trustStores, trustedIdentities }: Readonly<Record<'trustStores' | 'trustedIdentities', Place>>,
  level: Level,
): void {
  for (const { value, path, list } of [trustStores, trustedIdentities]) {
    const given = Array.isArray(value) && value.length > 0;
    if (level === 'skip' && given)
      list.add(path, { message: 'level "skip" verifies nothing, remove the list' });
    if (level !== 'skip' && !given) list.add(path, { message: `level "${level}" needs at least one` });
  }
}

function checkUnique(statements: readonly PolicyStatement[], list: ProblemList): void {
  const names = new Set<string>();
  const owners = new Map<string, number>();
  for (const [at, { name, scopes }] of statements.entries()) {
    if (name !== '' && names.has(name))
      list.add(`trustPolicies[${at}].name`, { message: `another trust policy has the name "${name}" too` });
    names.add(name);
    for (const [index, scope] of scopes.entries()) {
      const owner = owners.get(scope);
      const path = `trustPolicies[${at}].registryScopes[${index}]`;
      if (owner !== undefined)
        list.add(path, { message: `scope "${scope}" is in trustPolicies[${owner}] already` });
      owners.set(scope, owner ?? at);
    }
  }
}
