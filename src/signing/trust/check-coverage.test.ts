import { expect, test } from 'vitest';
import { checkCoverage } from './check-coverage.ts';
import { trustOnly } from './trust-only.ts';

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
