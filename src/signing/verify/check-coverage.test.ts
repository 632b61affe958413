import { expect, test } from 'vitest';
import { issueChain } from '../../../test/fakes/signing/certificates.ts';
import { parseDistinguishedName } from '../trust/distinguished-name.ts';
import { trustOnly } from '../trust/trust-only.ts';
import { checkCoverage } from './check-coverage.ts';

const repository = (path: string) => ({ registry: 'r.example.com', path });
const [everywhere] = trustOnly([]).policies;
if (everywhere === undefined) throw new Error('no policy');
const trust = {
  path: '/trust/trustpolicy.json',
  policies: [
    { ...everywhere, scopes: ['r.example.com/team/app'] },
    { ...everywhere, name: 'nothing', scopes: ['r.example.com/team/open'], level: 'skip' as const },
  ],
};

test('the signer must be one that the policy takes', async () => {
  const [own, other] = await Promise.all([issueChain(), issueChain()]);
  const takingOther = trustOnly([other.root.certificate]);
  const where = [repository('team/app')];
  expect(() => checkCoverage(takingOther, where, other.certificates)).not.toThrow();
  expect(() => checkCoverage(takingOther, where, own.certificates)).toThrow(
    expect.objectContaining({
      code: 'config.invalid',
      details: {
        problems: [
          expect.objectContaining({
            message: expect.stringMatching(/does not take the signer: .*no trust store/),
          }),
        ],
      },
    }),
  );
  const identities = [parseDistinguishedName('C=DE, ST=BW, O=Somebody')];
  const narrow = { path: '', policies: takingOther.policies.map((policy) => ({ ...policy, identities })) };
  expect(() => checkCoverage(narrow, where, other.certificates)).toThrow(
    expect.objectContaining({
      details: {
        problems: [expect.objectContaining({ message: expect.stringContaining('trusted identities') })],
      },
    }),
  );
});

test('where signed images go must be covered by a policy that verifies', () => {
  expect(() => checkCoverage(trust, [repository('team/app')])).not.toThrow();
  expect(() => checkCoverage(trustOnly([]), [repository('other')])).not.toThrow();
  const all = ['team/app', 'team/open', 'team/other'].map(repository);
  expect(() => checkCoverage(trust, all)).toThrow(
    expect.objectContaining({
      code: 'config.invalid',
      details: {
        problems: [
          {
            source: trust.path,
            message: 'policy "nothing" for "r.example.com/team/open" verifies nothing: its level is "skip"',
          },
          { source: trust.path, message: 'no policy is for "r.example.com/team/other"' },
        ],
      },
    }),
  );
});
