import { describe, expect, test } from 'vitest';
import { problemList } from './problem-list.ts';
import { readPolicies } from './read-policies.ts';

const policy = {
  name: 'p',
  registryScopes: ['reg.example/a/one'],
  signatureVerification: { level: 'strict' },
  trustStores: ['ca:kyma'],
  trustedIdentities: ['x509.subject: C=DE, ST=BW, O=SAP'],
};
const document = (...trustPolicies: unknown[]) => ({ version: '1.0', trustPolicies });
const verification = (signatureVerification: unknown) => document({ ...policy, signatureVerification });
const identities = (...trustedIdentities: unknown[]) => document({ ...policy, trustedIdentities });
const scopes = (...registryScopes: unknown[]) => document({ ...policy, registryScopes });
const stores = (...trustStores: unknown[]) => document({ ...policy, trustStores });
const skip = { name: 's', registryScopes: ['reg.example/b'], signatureVerification: { level: 'skip' } };

function read(value: unknown) {
  const list = problemList('trustpolicy.json');
  const statements = readPolicies(value, list);
  return { statements, problems: list.problems.map(({ path, message }) => `${path ?? ''}: ${message}`) };
}

describe('a trust policy document', () => {
  test('is read into statements', () => {
    const { statements, problems } = read(
      document(
        {
          ...policy,
          registryScopes: ['reg.example:5000/a/one', 'docker.io/library/two'],
          signatureVerification: { level: 'strict', override: { revocation: 'skip', expiry: 'log' } },
          trustStores: ['ca:kyma', 'tsa:ts.1'],
        },
        skip,
        {
          ...policy,
          name: 'rest',
          registryScopes: ['*'],
          signatureVerification: { level: 'audit', verifyTimestamp: 'afterCertExpiry' },
          trustStores: ['signingAuthority:x'],
          trustedIdentities: ['*'],
        },
      ),
    );
    expect(problems).toEqual([]);
    expect(statements).toEqual([
      {
        name: 'p',
        scopes: ['reg.example:5000/a/one', 'index.docker.io/library/two'],
        level: 'strict',
        actions: {
          integrity: 'enforce',
          authenticity: 'enforce',
          authenticTimestamp: 'enforce',
          expiry: 'log',
          revocation: 'skip',
        },
        verifyTimestamp: 'always',
        stores: [
          { type: 'ca', name: 'kyma' },
          { type: 'tsa', name: 'ts.1' },
        ],
        identities: [
          new Map([
            ['C', 'DE'],
            ['ST', 'BW'],
            ['O', 'SAP'],
          ]),
        ],
      },
      expect.objectContaining({
        name: 's',
        level: 'skip',
        stores: [],
        identities: [],
        actions: {
          integrity: 'skip',
          authenticity: 'skip',
          authenticTimestamp: 'skip',
          expiry: 'skip',
          revocation: 'skip',
        },
      }),
      expect.objectContaining({
        scopes: ['*'],
        level: 'audit',
        verifyTimestamp: 'afterCertExpiry',
        identities: 'any',
        actions: {
          integrity: 'enforce',
          authenticity: 'log',
          authenticTimestamp: 'log',
          expiry: 'log',
          revocation: 'log',
        },
      }),
    ]);
  });

  test('permissive enforces who signed and nothing about time', () => {
    expect(read(verification({ level: 'permissive' })).statements[0]?.actions).toEqual({
      integrity: 'enforce',
      authenticity: 'enforce',
      authenticTimestamp: 'log',
      expiry: 'log',
      revocation: 'log',
    });
  });

  test('null is the same as absent', () => {
    const absent = { override: null, verifyTimestamp: null };
    expect(read(verification({ level: 'strict', ...absent }))).toEqual(
      read(verification({ level: 'strict' })),
    );
    expect(read(document({ ...policy, name: null })).problems).toEqual([
      'trustPolicies[0].name: every trust policy needs a name',
    ]);
  });

  test('identities for plugins are left out, and trust nobody', () => {
    expect(read(identities('plugin.id: x'))).toMatchObject({
      statements: [{ identities: [] }],
      problems: [],
    });
  });

  test.each([
    ['no object', [], ': expected an object'],
    ['no version', { trustPolicies: [policy] }, 'version: expected one of 1.0, got ""'],
    ['another version', { ...document(policy), version: '2.0' }, 'version: expected one of 1.0, got "2.0"'],
    ['a version that is a number', { ...document(policy), version: 1 }, 'version: expected a text'],
    ['no policies', { version: '1.0' }, 'trustPolicies: expected at least one'],
    ['an empty list', document(), 'trustPolicies: expected at least one'],
    [
      'policies that are no list',
      { version: '1.0', trustPolicies: policy },
      'trustPolicies: expected a list',
    ],
    ['a policy that is a text', document('p'), 'trustPolicies[0]: expected an object'],
    [
      'an unknown name',
      document({ ...policy, trustStore: [] }),
      'trustPolicies[0]: unknown name "trustStore"',
    ],
    ['no name', document({ ...policy, name: '' }), 'trustPolicies[0].name: every trust policy needs a name'],
    [
      'one name twice',
      document(policy, { ...skip, name: 'p' }),
      'trustPolicies[1].name: another trust policy',
    ],
    [
      'one scope twice',
      document(policy, { ...skip, registryScopes: policy.registryScopes }),
      'trustPolicies[1].registryScopes[0]: scope "reg.example/a/one" is in trustPolicies[0] already',
    ],
    [
      'one scope in two spellings',
      document(
        { ...policy, registryScopes: ['docker.io/a/b'] },
        { ...skip, registryScopes: ['index.docker.io/a/b'] },
      ),
      'trustPolicies[1].registryScopes[0]: scope "index.docker.io/a/b" is in',
    ],
    ['no scope', scopes(), 'trustPolicies[0].registryScopes: expected at least one'],
    ['a wildcard inside a scope', scopes('reg.example/*'), '"reg.example/*" is no registry scope'],
    ['a scope with a tag', scopes('reg.example/a:1'), '"reg.example/a:1" is no registry scope'],
    ['a scope with a scheme', scopes('https://reg.example/a'), 'is no registry scope'],
    ['a scope without a repository', scopes('reg.example'), 'is no registry scope'],
    ['a scope in capitals', scopes('reg.example/A'), 'is no registry scope'],
    ['a scope that is a number', scopes(1), 'trustPolicies[0].registryScopes[0]: expected a text'],
    ['the wildcard beside another', scopes('*', 'reg.example/a'), '"*" stands for every repository'],
    ['no verification', verification(undefined), 'signatureVerification: expected an object'],
    ['no level', verification({}), 'signatureVerification.level: expected one of strict'],
    ['an unknown level', verification({ level: 'Strict' }), 'got "Strict"'],
    [
      'an override of skip',
      document({ ...skip, signatureVerification: { level: 'skip', override: { expiry: 'log' } } }),
      'nothing to override',
    ],
    [
      'an override of integrity',
      verification({ level: 'strict', override: { integrity: 'log' } }),
      'override.integrity: integrity is always enforced',
    ],
    [
      'expiry skipped',
      verification({ level: 'strict', override: { expiry: 'skip' } }),
      'override.expiry: expiry can be logged',
    ],
    [
      'authenticity skipped',
      verification({ level: 'audit', override: { authenticity: 'skip' } }),
      'override.authenticity: authenticity can be logged',
    ],
    [
      'an unknown check',
      verification({ level: 'strict', override: { revokation: 'log' } }),
      'override: unknown name "revokation"',
    ],
    [
      'an unknown action',
      verification({ level: 'strict', override: { expiry: 'ignore' } }),
      'override.expiry: expected one of enforce, log, skip, got "ignore"',
    ],
    [
      'an unknown time',
      verification({ level: 'strict', verifyTimestamp: 'never' }),
      'verifyTimestamp: expected one of always, afterCertExpiry',
    ],
    ['no trust store', stores(), 'trustStores: level "strict" needs at least one'],
    ['a store without a type', stores('kyma'), '"kyma" is no trust store'],
    ['a store of another type', stores('CA:kyma'), '"CA:kyma" is no trust store'],
    ['a store elsewhere', stores('ca:../../etc'), '"ca:../../etc" is no trust store'],
    ['a store above', stores('ca:..'), '"ca:.." is no trust store'],
    ['no identity', identities(), 'trustedIdentities: level "strict" needs at least one'],
    ['an empty identity', identities(''), '"" is no trusted identity'],
    ['an identity without a kind', identities('C=DE, ST=BW, O=SAP'), 'is no trusted identity'],
    ['an identity without a name', identities('x509.subject:'), 'trusted identity "x509.subject:" has ""'],
    ['an identity without ST', identities('x509.subject: C=DE, O=SAP'), 'lacks ST'],
    [
      'the wildcard beside an identity',
      identities('*', 'x509.subject: C=DE, ST=BW, O=SAP'),
      '"*" stands for every identity',
    ],
    [
      'one identity twice',
      identities('x509.subject: C=DE, ST=BW, O=SAP', 'x509.subject: O=SAP, C=DE, ST=BW'),
      'overlaps with',
    ],
    [
      'an identity inside another',
      identities('x509.subject: C=DE, ST=BW, O=SAP', 'x509.subject: C=DE, ST=BW, O=SAP, CN=x'),
      'trustedIdentities[0]: "x509.subject: C=DE, ST=BW, O=SAP" overlaps with',
    ],
    [
      'skip with stores',
      document({ ...skip, trustStores: ['ca:x'] }),
      'trustStores: level "skip" verifies nothing',
    ],
    [
      'skip with identities',
      document({ ...skip, trustedIdentities: ['*'] }),
      'trustedIdentities: level "skip" verifies nothing',
    ],
  ])('%s is a problem', (_, value, message) => {
    expect(read(value).problems.join('\n')).toContain(message);
  });

  test('every problem is told at once, with its place and the way out', () => {
    const list = problemList('trustpolicy.json');
    readPolicies({ version: '1', trustPolicies: [{ name: 'p', registryScope: ['*'] }] }, list);
    expect(list.problems).toMatchObject([
      { source: 'trustpolicy.json', path: 'version' },
      { path: 'trustPolicies[0]', hint: 'did you mean "registryScopes"?' },
      { path: 'trustPolicies[0].signatureVerification' },
      { path: 'trustPolicies[0].signatureVerification.level' },
      { path: 'trustPolicies[0].trustStores' },
      { path: 'trustPolicies[0].trustedIdentities' },
      { path: 'trustPolicies[0].registryScopes' },
    ]);
  });
});
