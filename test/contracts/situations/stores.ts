import { authenticSince } from '../../fakes/signing/jws-variations.ts';
import { hoursAgo } from './scene.ts';
import { byStranger, signature } from './sign.ts';
import {
  accepted,
  type Expected,
  invalid,
  type Policy,
  policies,
  type Situation,
  trusting,
  untrusted,
  verifying,
} from './situation.ts';

const byAuthority = { signed: [signature({ edits: () => authenticSince(hoursAgo(2)) })] };
const bySelf = { signed: [signature({ chain: ({ self }) => self })] };

const otherType: Expected = {
  ours: 'certificate.untrusted: ',
  notation: 'no trusted certificates are found to verify authenticity',
};
const noAuthority = invalid(
  'is neither an authority nor self-signed',
  'is not a CA certificate or self-signed',
);
const missing = invalid('the trust store does not exist', 'of type "ca" does not exist');
const irregular = invalid('holds files only', 'is not a regular file');
const loggingUntrusted: Expected = {
  ours: 'accepted, but certificate.untrusted',
  notation: 'accepted, but authenticity',
};
const earlier = 'we read all that the policy names before we look at a signature, notation what it needs';
const tolerated = { notation: 'accepted, but authenticity', differs: earlier };
const elsewhere = (policy: Policy): Policy => ({
  ...policy,
  name: 'other',
  registryScopes: ['registry.example/a'],
});

const trusted: readonly Situation[] = [
  { title: 'of strangers', policy: trusting('ca:stranger'), ...untrusted },
  {
    title: 'of strangers, and one of them',
    policy: trusting('ca:stranger'),
    signed: [byStranger],
    ...accepted,
  },
  { title: 'several, the second right', policy: trusting('ca:stranger', 'ca:own'), ...accepted },
  { title: 'one twice', policy: trusting('ca:own', 'ca:own'), ...accepted },
  { title: 'with two in a file', policy: trusting('ca:both'), ...accepted },
  { title: 'in DER', policy: trusting('ca:der'), ...accepted },
  { title: 'with text around', policy: trusting('ca:with-text'), ...accepted },
  { title: 'with a root that expired beside', policy: trusting('ca:with-expired'), ...accepted },
  { title: 'with the intermediate', policy: trusting('ca:intermediate'), ...accepted },
  { title: 'with a leaf that signed itself', policy: trusting('ca:self'), ...bySelf, ...accepted },
  { title: 'without a leaf that signed itself', ...bySelf, ...untrusted },
  { title: 'of another type', policy: trusting('signingAuthority:own'), ...otherType },
  { title: 'of timestamping alone', policy: trusting('tsa:own'), ...otherType },
  {
    title: 'of another type, under audit',
    policy: { ...trusting('signingAuthority:own'), ...verifying('audit') },
    ...loggingUntrusted,
  },
  { title: 'of signing authorities', policy: trusting('signingAuthority:own'), ...byAuthority, ...accepted },
  { title: 'of others than signing authorities', ...byAuthority, ...otherType },
];

const broken: readonly Situation[] = [
  { title: 'with a leaf', policy: trusting('ca:leaf'), ...noAuthority },
  { title: 'with a leaf beside the root', policy: trusting('ca:with-leaf'), ...noAuthority },
  { title: 'missing', policy: trusting('ca:missing'), ...missing },
  { title: 'missing beside a right one', policy: trusting('ca:own', 'ca:missing'), ...missing },
  {
    title: 'empty',
    policy: trusting('ca:empty'),
    ...invalid('the trust store is empty', 'no x509 certificates were found'),
  },
  {
    title: 'that is a link',
    policy: trusting('ca:link'),
    ...invalid('must be a folder, not a link', 'is not a regular directory'),
  },
  { title: 'with a link', policy: trusting('ca:with-link'), ...irregular },
  { title: 'with a folder', policy: trusting('ca:with-folder'), ...irregular },
  {
    title: 'with a file of text',
    policy: trusting('ca:with-readme'),
    ...invalid('is no certificate in PEM or DER', 'x509: malformed certificate'),
  },
  {
    title: 'with an empty file',
    policy: trusting('ca:with-nothing'),
    ...invalid('is no certificate in PEM or DER', 'input certs cannot be empty'),
  },
  {
    title: 'with a private key',
    policy: trusting('ca:with-key'),
    ...invalid('has a "PRIVATE KEY"', 'failed to read the trusted certificate key.pem'),
  },
  {
    title: 'missing, under audit',
    policy: { ...trusting('ca:missing'), ...verifying('audit') },
    ...missing,
    ...tolerated,
  },
  {
    title: 'empty, under audit',
    policy: { ...trusting('ca:empty'), ...verifying('audit') },
    ours: 'config.invalid: ',
    ...tolerated,
  },
  {
    title: 'missing, for another repository',
    document: (policy) => policies(policy, { ...elsewhere(policy), ...trusting('ca:missing') }),
    ...missing,
    notation: 'accepted',
    differs: earlier,
  },
];

const unnamed: readonly Situation[] = [
  {
    title: 'none',
    policy: trusting(),
    ...invalid('level "strict" needs at least one', 'missing trust stores or trusted identities'),
  },
  {
    title: 'a path',
    policy: trusting('ca:../ca/own'),
    ...invalid('"ca:../ca/own" is no trust store', 'unsupported trust store name "../ca/own"'),
  },
  {
    title: 'a dot',
    policy: trusting('ca:.'),
    ...invalid('"ca:." is no trust store', 'is not a regular file'),
  },
  {
    title: 'a type without a name',
    policy: trusting('ca:'),
    ...invalid('"ca:" is no trust store', 'unsupported trust store name ""'),
  },
  {
    title: 'a name without a type',
    policy: trusting('own'),
    ...invalid('"own" is no trust store', 'has malformed trust store value "own"'),
  },
  {
    title: 'an unknown type',
    policy: trusting('CA:own'),
    ...invalid('"CA:own" is no trust store', 'unsupported trust store type "CA"'),
  },
];

/** Whose certificates count. */
export const storeSituations = [...trusted, ...broken, ...unnamed];
