import { accepted, invalid, type Policy, policies, type Situation, verifying } from './situation.ts';

const text = (policy: Policy) => JSON.stringify(policies(policy));
const malformed = (ours: string) => invalid(ours, 'malformed trust policy');
const tolerated = (ours: string, differs: string) => ({ ...invalid(ours, 'accepted'), differs });

const misspelt = 'a name that nobody reads may be a misspelt limit';
const twice = 'of two members with one name, a reader may believe the other one than notation';
const after = 'notation stops reading behind the first value';

const unreadable: readonly Situation[] = [
  {
    title: 'not there',
    document: () => undefined,
    ours: 'config.not-found: ',
    notation: 'trust policy is not present',
  },
  { title: 'empty', document: () => '', ...malformed('the trust policy is not JSON') },
  { title: 'a word', document: () => 'hello', ...malformed('the trust policy is not JSON') },
  {
    title: 'JSON with a comma too many',
    document: (policy) => text(policy).replace(/\}$/, ',}'),
    ...malformed('the trust policy is not JSON'),
  },
  {
    title: 'JSON with a comment',
    document: (policy) => `// ours\n${text(policy)}`,
    ...malformed('the trust policy is not JSON'),
  },
  {
    title: 'JSON behind a byte order mark',
    document: (policy) => `\ufeff${text(policy)}`,
    ...malformed('the trust policy is not JSON'),
  },
  { title: 'JSON among white space', document: (policy) => `\n\t ${text(policy)}\n\n`, ...accepted },
  {
    title: 'JSON before a word',
    document: (policy) => `${text(policy)} hello`,
    ...tolerated('the trust policy is not JSON', after),
  },
  {
    title: 'two documents',
    document: (policy) => text(policy) + text({ ...policy, ...verifying('audit') }),
    ...tolerated('the trust policy is not JSON', after),
  },
];

const misshapen: readonly Situation[] = [
  { title: 'a list', document: (policy) => [policies(policy)], ...malformed('expected an object') },
  { title: 'null', document: () => null, ...invalid('expected an object', 'has empty version') },
  {
    title: 'of another version',
    document: (policy) => ({ ...policies(policy), version: '1.1' }),
    ...invalid('expected one of 1.0, got "1.1"', 'uses unsupported version "1.1"'),
  },
  {
    title: 'of a version that is a number',
    document: (policy) => ({ ...policies(policy), version: 1 }),
    ...malformed('expected a text'),
  },
  {
    title: 'of no version',
    document: (policy) => ({ trustPolicies: [policy] }),
    ...invalid('expected one of 1.0', 'has empty version'),
  },
  {
    title: 'without policies',
    document: () => policies(),
    ...invalid('expected at least one trust policy', 'zero trust policy statements'),
  },
  {
    title: 'with null for policies',
    document: () => ({ version: '1.0', trustPolicies: null }),
    ...invalid('expected at least one trust policy', 'zero trust policy statements'),
  },
  {
    title: 'with a policy instead of a list',
    document: (policy) => ({ version: '1.0', trustPolicies: policy }),
    ...malformed('expected a list'),
  },
  {
    title: 'with null beside a policy',
    document: (policy) => policies(policy, null),
    ...invalid('expected an object', 'missing a name'),
  },
  {
    title: 'with a policy without a name',
    policy: { name: '' },
    ...invalid('every trust policy needs a name', 'missing a name'),
  },
  {
    title: 'with a policy whose name is null',
    policy: { name: null },
    ...invalid('every trust policy needs a name', 'missing a name'),
  },
  { title: 'with a policy whose name is a number', policy: { name: 5 }, ...malformed('expected a text') },
  {
    title: 'with two policies of one name',
    document: (policy) => policies(policy, { ...policy, registryScopes: ['registry.example/a'] }),
    ...invalid(
      'another trust policy has the name "image"',
      'multiple trust policy statements use the same name',
    ),
  },
  {
    title: 'with a policy for another repository that is wrong',
    document: (policy) =>
      policies(policy, {
        ...policy,
        name: 'other',
        registryScopes: ['registry.example/a'],
        ...verifying('lax'),
      }),
    ...invalid('expected one of strict', 'invalid signature verification level "lax"'),
  },
];

const strange: readonly Situation[] = [
  {
    title: 'with an unknown name',
    document: (policy) => ({ ...policies(policy), comment: 'ours' }),
    ...tolerated('unknown name "comment"', misspelt),
  },
  {
    title: 'with an unknown name in a policy',
    policy: { trustedIdentity: ['x509.subject: C=DE, ST=BW, O=Other'] },
    ...tolerated('unknown name "trustedIdentity"', misspelt),
  },
  {
    title: 'with an unknown name in a verification',
    policy: verifying('permissive', { overide: { expiry: 'enforce' } }),
    ...tolerated('unknown name "overide"', misspelt),
  },
  {
    title: 'with a name in capitals',
    document: ({ name, ...policy }) => policies({ ...policy, Name: name }),
    ...tolerated('unknown name "Name"', 'JSON tells capitals from small letters, notation does not'),
  },
  {
    title: 'with two versions',
    document: (policy) => text(policy).replace('"version"', '"version":"2.0","version"'),
    ...tolerated('the same name twice', twice),
  },
  {
    title: 'with two lists of policies',
    document: (policy) => text(policy).replace('"trustPolicies"', '"trustPolicies":[],"trustPolicies"'),
    ...tolerated('the same name twice', twice),
  },
];

/** What the trust policy document may look like. */
export const documentSituations = [...unreadable, ...misshapen, ...strange];
