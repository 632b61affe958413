import { ImageBuilderError } from '../../core/index.ts';
import { printRepository, type Repository } from '../../oci/index.ts';
import { policyFor, type Trust } from './load-trust.ts';

/**
 * Throws `config.invalid` when no signature in one of these repositories could ever count, because no policy is for it
 * or the one that is verifies nothing.
 */
export function checkCoverage(trust: Trust, repositories: readonly Repository[]): void {
  const problems = repositories.flatMap((repository) => {
    const policy = policyFor(trust, repository);
    const name = printRepository(repository);
    if (policy === undefined) return [{ source: trust.path, message: `no policy is for "${name}"` }];
    if (policy.level !== 'skip') return [];
    const message = `policy "${policy.name}" for "${name}" verifies nothing: its level is "skip"`;
    return [{ source: trust.path, message }];
  });
  if (problems.length === 0) return;
  throw new ImageBuilderError(
    'config.invalid',
    'the trust policy does not cover where signed images go',
    { problems },
    { hint: 'add the repositories, or "*", to "registryScopes" of a policy' },
  );
}
