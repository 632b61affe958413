import { signature } from './sign.ts';
import { accepted, type Expected, invalid, naming, type Situation } from './situation.ts';

const prefix = 'x509.subject: ';
const usual = 'C=DE, ST=BW, O=Test';

interface Row extends Expected {
  readonly identity: string;
  /** Of the leaf; absent: `C=DE, ST=BW, O=Test, CN=Leaf`. */
  readonly subject?: string;
}

const other: Expected = {
  ours: 'certificate.identity: ',
  notation: 'does not match the X.509 trusted identities',
};
const manyValued: Expected = {
  ours: 'certificate.identity: more than once',
  notation: 'has multi-valued RDN attributes',
};
const unknownAttribute: Expected = {
  ours: 'certificate.identity: which identities do not know',
  notation: 'notation does not support x509.subject identities containing',
};
const unreadable = 'parsing distinguished name (DN)';
const lacking = (type: string) => invalid('trusted identity', `has no mandatory RDN attribute for "${type}"`);
const tooLax = 'RFC 4514 has this character escaped, notation takes it as it is';

const rows: readonly Row[] = [
  { identity: 'C=DE, ST=BW, O=Test, CN=Leaf', ...accepted },
  { identity: 'C=DE, ST=BW, O=Test', ...accepted },
  { identity: 'CN=Leaf,O=Test,ST=BW,C=DE', ...accepted },
  { identity: 'C=DE;ST=BW;O=Test', ...accepted },
  { identity: 'C=DE, S=BW, O=Test', ...accepted },
  { identity: '  C = DE , ST = BW , O = Test  ', ...accepted },
  { identity: 'C=DE, ST=BW, O=Other', ...other },
  { identity: 'C=DE, ST=BW, O=Test, CN=Other', ...other },
  { identity: 'C=DE, ST=BW, O=Test, OU=Unit', ...other },
  { identity: 'C=DE, ST=BW, O=Test, NONE=x', ...other },
  { identity: 'C=DE, ST=BW, O=test', ...other },
  { identity: 'C=DE, ST=BW, O=Tes*', ...other },
  { identity: usual, subject: 'C=DE, ST=BW, O=Test Ltd', ...other },

  { identity: 'C=DE, ST=BW, O=a\\, b', subject: 'C=DE, ST=BW, O=a\\, b', ...accepted },
  { identity: 'C=DE, ST=BW, O=a\\2c b', subject: 'C=DE, ST=BW, O=a\\, b', ...accepted },
  { identity: 'C=DE, ST=BW, O=a\\, ST\\=x', subject: 'C=DE, ST=BW, O=a\\, ST\\=x', ...accepted },
  { identity: 'C=DE, ST=BW, O=a\\+b', subject: 'C=DE, ST=BW, O=a\\+b', ...accepted },
  { identity: 'C=DE, ST=BW, O=a=b', subject: 'C=DE, ST=BW, O=a\\=b', ...accepted },
  { identity: 'C=DE, ST=BW, O=\\#a', subject: 'C=DE, ST=BW, O=\\#a', ...accepted },
  { identity: 'C=DE, ST=BW, O=M\\C3\\BCller', subject: 'C=DE, ST=BW, O=Müller', ...accepted },
  { identity: 'C=DE, ST=BW, O=Müller', subject: 'C=DE, ST=BW, O=Müller', ...accepted },
  { identity: 'C=DE, ST=BW, O=a\\ ', subject: 'C=DE, ST=BW, O=a', ...other },
  { identity: 'C=DE, ST=BW, O=a\\<b', subject: 'C=DE, ST=BW, O=a\\<b', ...accepted },
  {
    identity: 'C=DE, ST=BW, O=a<b',
    subject: 'C=DE, ST=BW, O=a\\<b',
    ...invalid('trusted identity', 'accepted'),
    differs: tooLax,
  },
  {
    identity: 'C=DE, ST=BW, O="Test"',
    subject: 'C=DE, ST=BW, O=\\"Test\\"',
    ...invalid('trusted identity', 'accepted'),
    differs: tooLax,
  },
  {
    identity: 'C=DE, ST=BW, O="Test"',
    ours: 'config.invalid: trusted identity',
    notation: other.notation,
  },
  {
    identity: 'C=DE, ST=BW, O="a, b"',
    subject: 'C=DE, ST=BW, O=a\\, b',
    ...invalid('trusted identity', unreadable),
  },

  { identity: 'c=DE, st=BW, o=Test', ...lacking('C') },
  { identity: 'C=DE, O=Test', ...lacking('ST') },
  { identity: 'C=DE, ST=BW, O=', ...lacking('O') },
  { identity: '', ...lacking('C') },
  { identity: 'C=DE, ST=BW, O=Test,', ...invalid('trusted identity', unreadable) },
  { identity: 'C=DE, ST=BW, O=#0c0454657374', ...invalid('trusted identity', 'containing "=#"') },
  { identity: 'C=DE, ST=BW, O=Test+OU=x', ...invalid('trusted identity', 'has multi-valued RDN') },
  { identity: 'C=DE, ST=BW, O=Test, O=Other', ...invalid('trusted identity', 'has duplicate RDN') },
  { identity: 'C=DE, ST=BW, S=BW, O=Test', ...invalid('trusted identity', 'has duplicate RDN') },

  {
    identity: usual,
    subject: 'C=DE, O=Test',
    ours: 'certificate.identity: ',
    notation: 'has no mandatory RDN attribute for \\"ST\\"',
  },
  { identity: usual, subject: 'C=DE, ST=BW, O=Test, O=Other', ...manyValued },
  { identity: usual, subject: 'C=DE, ST=BW, O=Test, OU=a, OU=b', ...manyValued },
  { identity: usual, subject: 'C=DE, ST=BW, O=Test+OU=x', ...accepted },
  { identity: usual, subject: 'C=DE, ST=BW, O=Test, E=a@b.example', ...unknownAttribute },
  { identity: usual, subject: 'C=DE, ST=BW, O=Test, DC=a', ...unknownAttribute },
  { identity: usual, subject: 'C=DE, ST=BW, O=Test, 1.2.3.4=a', ...unknownAttribute },
  { identity: `${usual}, SERIALNUMBER=1`, subject: `${usual}, 2.5.4.5=1`, ...accepted },
  { identity: `${usual}, STREET=s`, subject: `${usual}, 2.5.4.9=s`, ...accepted },
  { identity: `${usual}, POSTALCODE=1`, subject: `${usual}, 2.5.4.17=1`, ...accepted },
];

const named = rows.map(
  ({ identity, subject, ...expected }): Situation => ({
    ...expected,
    title: `"${identity}" for ${subject ?? 'the usual subject'}`,
    policy: naming(`${prefix}${identity}`),
    ...(subject === undefined ? {} : { signed: [signature({ leaf: { subject } })] }),
  }),
);

const nobody: Expected = {
  ours: 'certificate.identity: ',
  notation: 'no x509 trusted identities are configured',
};
const overlap = invalid('overlaps with', 'has overlapping x509 trustedIdentities');
const wildcard = invalid('"*" stands for every identity', "uses a wildcard trusted identity '*'");

const lists: readonly Situation[] = [
  { title: 'anybody, also without ST', signed: [signature({ leaf: { subject: 'CN=x' } })], ...accepted },
  {
    title: 'the second of two',
    policy: naming(`${prefix}C=DE, ST=BW, O=Other`, prefix + usual),
    ...accepted,
  },
  { title: 'without a space', policy: naming(`x509.subject:${usual}`), ...accepted },
  { title: 'a plugin, and a name', policy: naming('plugin.id: x', prefix + usual), ...accepted },
  { title: 'a plugin alone', policy: naming('plugin.id: x'), ...nobody },
  { title: 'the kind in capitals', policy: naming(`X509.Subject: ${usual}`), ...nobody },
  { title: 'one inside another', policy: naming(prefix + usual, `${prefix}${usual}, CN=Leaf`), ...overlap },
  { title: 'one twice', policy: naming(prefix + usual, `${prefix}O=Test, ST=BW, C=DE`), ...overlap },
  { title: 'anybody, and a name', policy: naming('*', prefix + usual), ...wildcard },
  { title: 'anybody twice', policy: naming('*', '*'), ...wildcard },
  {
    title: 'nobody',
    policy: naming(),
    ...invalid('level "strict" needs at least one', 'missing trust stores or trusted identities'),
  },
  {
    title: 'an empty text',
    policy: naming(''),
    ...invalid('"" is no trusted identity', 'has an empty trusted identity'),
  },
  {
    title: 'a name without its kind',
    policy: naming(usual),
    ...invalid('is no trusted identity', 'missing separator'),
  },
  { title: 'a number', policy: naming(1), ...invalid('expected a text', 'malformed trust policy') },
];

/** Whose leaf certificates count. */
export const identitySituations = [...named, ...lists];
