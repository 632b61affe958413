import { byStranger } from './sign.ts';
import {
  accepted,
  type Expected,
  invalid,
  type Policy,
  policies,
  type Situation,
  trusting,
  untrusted,
} from './situation.ts';

const scoped = (...registryScopes: readonly unknown[]): Policy => ({ registryScopes });
const forEvery = (policy: Policy): Policy => ({ ...policy, name: 'every', ...scoped('*') });
const ofStranger = trusting('ca:stranger');

const noPolicy: Expected = {
  ours: 'signature.rejected: no trust policy applies to',
  notation: 'has no applicable trust policy statement',
};
const noScope = invalid('is no registry scope', 'make sure it is a fully qualified repository');
const twice = invalid('already', 'is present in multiple trust policy statements');

const applicable: readonly Situation[] = [
  { title: 'every repository', policy: scoped('*'), ...accepted },
  { title: 'this among others', policy: (name) => scoped('registry.example/a', name), ...accepted },
  { title: 'another repository', policy: scoped('registry.example/a'), ...noPolicy },
  {
    title: 'this path in another registry',
    policy: (name) => scoped(name.replace('localhost', 'registry.example')),
    ...noPolicy,
  },
  { title: 'the registry in capitals', policy: (name) => scoped(name.replace('l', 'L')), ...noPolicy },
  { title: 'a name that this one begins with', policy: (name) => scoped(name.slice(0, -2)), ...noPolicy },
  { title: 'a repository below', policy: (name) => scoped(`${name}/more`), ...noPolicy },
  {
    title: 'this one right, every other wrong',
    document: (policy) => policies({ ...forEvery(policy), ...ofStranger }, policy),
    ...accepted,
  },
  {
    title: 'this one wrong, every other right',
    document: (policy) => policies(forEvery(policy), { ...policy, ...ofStranger }),
    ...untrusted,
  },
  {
    title: 'this one for a stranger who signed, every other not',
    document: (policy) => policies(forEvery(policy), { ...policy, ...ofStranger }),
    signed: [byStranger],
    ...accepted,
  },
];

const refused: readonly Situation[] = [
  { title: 'a wildcard in a name', policy: (name) => scoped(`${name}/*`), ...noScope },
  { title: 'a tag', policy: (name) => scoped(`${name}:latest`), ...noScope },
  { title: 'a digest', policy: (name) => scoped(`${name}@sha256:${'0'.repeat(64)}`), ...noScope },
  { title: 'a URL', policy: (name) => scoped(`http://${name}`), ...noScope },
  { title: 'a slash at the end', policy: (name) => scoped(`${name}/`), ...noScope },
  { title: 'a name in capitals', policy: (name) => scoped(name.toUpperCase()), ...noScope },
  { title: 'a whole registry', policy: (name) => scoped(name.split('/')[0]), ...noScope },
  {
    title: 'every repository, and this one',
    policy: (name) => scoped('*', name),
    ...invalid('"*" stands for every repository', "uses wildcard registry scope '*'"),
  },
  {
    title: 'none',
    policy: scoped(),
    ...invalid('expected at least one registry scope', 'has zero registry scopes'),
  },
  {
    title: 'null',
    policy: { registryScopes: null },
    ...invalid('expected at least one registry scope', 'has zero registry scopes'),
  },
  {
    title: 'a text instead of a list',
    policy: (name) => ({ registryScopes: name }),
    ...invalid('expected a list', 'malformed trust policy'),
  },
  { title: 'this one twice', policy: (name) => scoped(name, name), ...twice },
  {
    title: 'this one in two policies',
    document: (policy) => policies(policy, { ...policy, name: 'other' }),
    ...twice,
  },
  {
    title: 'every repository in two policies',
    document: (policy) => policies(forEvery(policy), { ...forEvery(policy), name: 'other' }),
    ...twice,
  },
];

/** Which policy is for a repository. */
export const scopeSituations = [...applicable, ...refused];
