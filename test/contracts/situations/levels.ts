import { expiringAt } from '../../fakes/signing/jws-variations.ts';
import { expired, hoursAgo } from './scene.ts';
import { byStranger, ofOther, signature } from './sign.ts';
import {
  accepted,
  damaged,
  type Expected,
  expiredLeaf,
  expiredSignature,
  invalid,
  mismatch,
  naming,
  type Policy,
  type Situation,
  trusting,
  unsigned,
  untrusted,
  verifying,
} from './situation.ts';

const withExpiredLeaf = { signed: [signature({ leaf: expired })] };
const thatExpired = { signed: [signature({ edits: () => expiringAt(hoursAgo(1)) })] };
const ofStranger = { signed: [byStranger] };
const forOther = { signed: [ofOther] };
const thatIsWrong = { signed: [signature({ edits: () => ({ sign: () => Buffer.alloc(64, 1) }) })] };
const revoked = { signed: [signature({ chain: ({ leaves }) => leaves.revoked })] };
const notRevoked = { signed: [signature({ chain: ({ leaves }) => leaves.notRevoked })] };
const perhapsRevoked = { signed: [signature({ chain: ({ leaves }) => leaves.unknown })] };

const permissive = { policy: verifying('permissive') };
const audit = { policy: verifying('audit') };
const overriding = (level: string, override: unknown) => ({ policy: verifying(level, { override }) });

const skip: Policy = { ...verifying('skip'), ...trusting(), ...naming() };
const skips = {
  policy: skip,
  ours: 'nothing verified',
  notation: 'accepted',
  differs: 'level "skip" looks at nothing, which we do not call verified',
};
const loggingExpiredLeaf: Expected = {
  ours: 'accepted, but certificate.expired',
  notation: 'accepted, but authenticTimestamp',
};
const loggingExpired: Expected = {
  ours: 'accepted, but signature.expired',
  notation: 'accepted, but expiry',
};
const loggingStranger: Expected = {
  ours: 'accepted, but certificate.untrusted',
  notation: 'accepted, but authenticity',
};
const loggingRevocation: Expected = {
  ours: 'accepted, but certificate.revocation-unknown',
  notation: 'accepted, but revocation',
};

const enforced: readonly Situation[] = [
  { title: 'strict, and all is right', ...accepted },
  { title: 'permissive, and all is right', ...permissive, ...accepted },
  { title: 'audit, and all is right', ...audit, ...accepted },
  { title: 'strict, and a leaf that expired', ...withExpiredLeaf, ...expiredLeaf },
  { title: 'strict, and a signature that expired', ...thatExpired, ...expiredSignature },
  { title: 'strict, and a stranger', ...ofStranger, ...untrusted },
  { title: 'strict, and a wrong signature', ...thatIsWrong, ...damaged },
  { title: 'permissive, and a leaf that expired', ...permissive, ...withExpiredLeaf, ...loggingExpiredLeaf },
  { title: 'permissive, and a signature that expired', ...permissive, ...thatExpired, ...loggingExpired },
  { title: 'permissive, and a stranger', ...permissive, ...ofStranger, ...untrusted },
  { title: 'permissive, and another digest', ...permissive, ...forOther, ...mismatch },
  { title: 'audit, and a leaf that expired', ...audit, ...withExpiredLeaf, ...loggingExpiredLeaf },
  { title: 'audit, and a signature that expired', ...audit, ...thatExpired, ...loggingExpired },
  { title: 'audit, and a stranger', ...audit, ...ofStranger, ...loggingStranger },
  { title: 'audit, and a wrong signature', ...audit, ...thatIsWrong, ...damaged },
  { title: 'audit, and another digest', ...audit, ...forOther, ...mismatch },
  { title: 'audit, and no signature', ...audit, signed: [], ...unsigned },
  { title: 'skip, and all is right', ...skips },
  { title: 'skip, and a stranger', ...skips, ...ofStranger },
  { title: 'skip, and no signature', ...skips, signed: [] },
  { title: 'skip for every repository', ...skips, policy: { ...skip, registryScopes: ['*'] } },
];

const overridden: readonly Situation[] = [
  {
    title: 'strict that logs the expiry',
    ...overriding('strict', { expiry: 'log' }),
    ...thatExpired,
    ...loggingExpired,
  },
  {
    title: 'strict that logs the time',
    ...overriding('strict', { authenticTimestamp: 'log' }),
    ...withExpiredLeaf,
    ...loggingExpiredLeaf,
  },
  {
    title: 'strict that logs the authenticity',
    ...overriding('strict', { authenticity: 'log' }),
    ...ofStranger,
    ...loggingStranger,
  },
  {
    title: 'permissive that enforces the expiry',
    ...overriding('permissive', { expiry: 'enforce' }),
    ...thatExpired,
    ...expiredSignature,
  },
  {
    title: 'permissive that enforces the time',
    ...overriding('permissive', { authenticTimestamp: 'enforce' }),
    ...withExpiredLeaf,
    ...expiredLeaf,
  },
  {
    title: 'audit that enforces the authenticity',
    ...overriding('audit', { authenticity: 'enforce' }),
    ...ofStranger,
    ...untrusted,
  },
  { title: 'an override of nothing', ...overriding('strict', {}), ...accepted },
  { title: 'an override that is null', ...overriding('strict', null), ...accepted },
];

const refused: readonly Situation[] = [
  {
    title: 'an override of the integrity',
    ...overriding('strict', { integrity: 'enforce' }),
    ...invalid('integrity is always enforced', '"integrity" verification can not be overridden'),
  },
  {
    title: 'an override that skips the expiry',
    ...overriding('strict', { expiry: 'skip' }),
    ...invalid('expiry can be logged', '"expiry" verification can not be skipped'),
  },
  {
    title: 'an override of an unknown check',
    ...overriding('strict', { identity: 'log' }),
    ...invalid('unknown name "identity"', 'verification type "identity" in custom'),
  },
  {
    title: 'an override by an unknown action',
    ...overriding('strict', { expiry: 'ignore' }),
    ...invalid('expected one of enforce, log, skip', 'verification action "ignore" in custom'),
  },
  {
    title: 'an override of skip',
    policy: { ...skip, ...verifying('skip', { override: { expiry: 'log' } }) },
    ...invalid('level "skip" verifies nothing, there', 'level "skip" can\'t be used to customize'),
  },
  {
    title: 'skip with a trust store',
    policy: { ...skip, ...trusting('ca:own') },
    ...invalid('level "skip" verifies nothing, remove', 'is set to skip signature verification but'),
  },
  {
    title: 'skip with an identity',
    policy: { ...skip, ...naming('*') },
    ...invalid('level "skip" verifies nothing, remove', 'is set to skip signature verification but'),
  },
  {
    title: 'a level in capitals',
    policy: verifying('STRICT'),
    ...invalid('expected one of strict', 'invalid signature verification level "STRICT"'),
  },
  {
    title: 'no level',
    policy: verifying(undefined),
    ...invalid('expected one of strict', 'level is empty or missing'),
  },
  {
    title: 'a verification that is a text',
    policy: { signatureVerification: 'strict' },
    ...invalid('expected an object', 'malformed trust policy'),
  },
];

const revocation: readonly Situation[] = [
  {
    title: 'a leaf that its issuer revoked',
    ...revoked,
    ours: 'certificate.revocation-unknown: ',
    notation: 'is revoked',
  },
  {
    title: 'a leaf whose revocation service does not answer',
    ...perhapsRevoked,
    ours: 'certificate.revocation-unknown: ',
    notation: 'revocation status is unknown',
  },
  {
    title: 'a leaf that its issuer did not revoke',
    ...notRevoked,
    ours: 'certificate.revocation-unknown: ',
    notation: 'accepted',
    differs: 'we ask no revocation service, and do not take what we did not ask for granted',
  },
  { title: 'permissive, and a revoked leaf', ...permissive, ...revoked, ...loggingRevocation },
  {
    title: 'strict that logs revocation, and a revoked leaf',
    ...overriding('strict', { revocation: 'log' }),
    ...revoked,
    ...loggingRevocation,
  },
  {
    title: 'strict that skips revocation, and a revoked leaf',
    ...overriding('strict', { revocation: 'skip' }),
    ...revoked,
    ...accepted,
  },
];

/** What each level enforces, and what a policy may change about it. */
export const levelSituations = [...enforced, ...overridden, ...refused, ...revocation];
