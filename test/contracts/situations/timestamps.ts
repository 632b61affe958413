import { authenticSince, stampedBy } from '../../fakes/signing/jws-variations.ts';
import { expired, hoursAgo, type Scene } from './scene.ts';
import { right, signature } from './sign.ts';
import {
  accepted,
  type Expected,
  expiredLeaf,
  invalid,
  type Situation,
  trusting,
  verifying,
} from './situation.ts';

const stampedAt = (genTime: Date) => ({ edits: ({ tsa }: Scene) => stampedBy(tsa, { genTime }) });
const inTime = stampedAt(hoursAgo(2));
const tooLate = stampedAt(hoursAgo(0.5));
const byStranger = {
  edits: ({ strangerTsa }: Scene) => stampedBy(strangerTsa, { genTime: hoursAgo(2) }),
};
const authentic = (hours: number) => ({ edits: () => authenticSince(hoursAgo(hours)) });
const notYet = { notBefore: hoursAgo(-1) };

const stores = trusting('ca:own', 'tsa:own');
const always = { policy: stores };
const afterExpiry = {
  policy: { ...stores, ...verifying('strict', { verifyTimestamp: 'afterCertExpiry' }) },
};
const permissive = { policy: { ...stores, ...verifying('permissive') } };
const authorities = { policy: trusting('signingAuthority:own', 'tsa:own') };

const missing: Expected = {
  ours: 'timestamp.missing: ',
  notation: 'no timestamp countersignature was found',
};
const wrong: Expected = {
  ours: 'timestamp.wrong: ',
  notation: 'failed to verify the timestamp countersignature',
};
const early: Expected = {
  ours: 'certificate.expired: ',
  notation: 'verification time is before certificate',
};
const noRoot = 'is not the root of timestamping authorities';

const needed: readonly Situation[] = [
  { title: 'always, and there is none', ...always, ...missing },
  { title: 'always, and there is one', ...always, signed: [signature(inTime)], ...accepted },
  {
    title: 'always, and the leaf has expired since',
    ...always,
    signed: [signature({ leaf: expired, ...inTime })],
    ...accepted,
  },
  {
    title: 'always, and the leaf had expired before',
    ...always,
    signed: [signature({ leaf: expired, ...tooLate })],
    ours: 'certificate.expired: ',
    notation: 'timestamp can be after certificate',
  },
  { title: 'always, and it is of strangers', ...always, signed: [signature(byStranger)], ...wrong },
  {
    title: 'always, and it is older than its authority',
    ...always,
    signed: [signature(stampedAt(hoursAgo(25)))],
    ...wrong,
  },
  { title: 'after expiry, and there is none', ...afterExpiry, ...accepted },
  {
    title: 'after expiry, and it is of strangers',
    ...afterExpiry,
    signed: [signature(byStranger)],
    ...accepted,
  },
  {
    title: 'after expiry, there is none, and the leaf has expired',
    ...afterExpiry,
    signed: [signature({ leaf: expired })],
    ...missing,
  },
  {
    title: 'after expiry, there is one, and the leaf has expired',
    ...afterExpiry,
    signed: [signature({ leaf: expired, ...inTime })],
    ...accepted,
  },
  {
    title: 'after expiry, it is of strangers, and the leaf has expired',
    ...afterExpiry,
    signed: [signature({ leaf: expired, ...byStranger })],
    ...wrong,
  },
  {
    title: 'after expiry, there is one, and the leaf is not valid yet',
    ...afterExpiry,
    signed: [signature({ leaf: notYet, ...inTime })],
    ...early,
  },
];

const unneeded: readonly Situation[] = [
  { title: 'never, and the leaf is not valid yet', signed: [signature({ leaf: notYet })], ...early },
  {
    title: 'never, there is one, and the leaf has expired',
    signed: [signature({ leaf: expired, ...inTime })],
    ...expiredLeaf,
  },
  {
    title: 'after expiry, of nobody',
    policy: verifying('strict', { verifyTimestamp: 'afterCertExpiry' }),
    ...accepted,
  },
  {
    title: 'permissively, and there is none',
    ...permissive,
    ours: 'accepted, but timestamp.missing',
    notation: 'accepted, but authenticTimestamp',
  },
  {
    title: 'permissively, and it is of strangers',
    ...permissive,
    signed: [signature(byStranger)],
    ours: 'accepted, but timestamp.wrong',
    notation: 'accepted, but authenticTimestamp',
  },
  { title: 'not of a signing authority', ...authorities, signed: [signature(authentic(2))], ...accepted },
  {
    title: 'not of a signing authority whose leaf has expired since',
    ...authorities,
    signed: [signature({ leaf: expired, ...authentic(2) })],
    ...accepted,
  },
  {
    title: 'not of a signing authority whose leaf had expired before',
    ...authorities,
    signed: [signature({ leaf: expired, ...authentic(0.5) })],
    ours: 'certificate.expired: ',
    notation: 'was not valid when the digital signature was produced',
  },
];

const unclear: readonly Situation[] = [
  {
    title: 'by default when the word is empty',
    policy: { ...stores, ...verifying('strict', { verifyTimestamp: '' }) },
    ...missing,
  },
  {
    title: 'by default when the word is null',
    policy: { ...stores, ...verifying('strict', { verifyTimestamp: null }) },
    ...missing,
  },
  {
    title: 'by an unknown word',
    policy: { ...stores, ...verifying('strict', { verifyTimestamp: 'never' }) },
    ...invalid('expected one of always, afterCertExpiry', 'verifyTimestamp must be "always" or'),
  },
  {
    title: 'of an intermediate',
    policy: trusting('ca:own', 'tsa:intermediate'),
    signed: [signature(inTime)],
    ...invalid(noRoot, 'is not a root CA certificate'),
  },
  {
    title: 'of a leaf',
    policy: trusting('ca:own', 'tsa:leaf'),
    signed: [signature(inTime)],
    ...invalid(noRoot, 'is not a CA certificate or self-signed'),
  },
  {
    title: 'of an empty store',
    policy: trusting('ca:own', 'tsa:empty'),
    signed: [signature(inTime)],
    ...invalid('the trust store is empty', 'no x509 certificates were found'),
  },
  {
    title: 'after expiry, of a store that is missing',
    policy: {
      ...trusting('ca:own', 'tsa:missing'),
      ...verifying('strict', { verifyTimestamp: 'afterCertExpiry' }),
    },
    signed: [right],
    ...invalid('the trust store does not exist', 'accepted'),
    differs: 'we read all that the policy names before we look at a signature, notation what it needs',
  },
];

/** When a timestamp is needed, and of whom. */
export const timestampSituations = [...needed, ...unneeded, ...unclear];
