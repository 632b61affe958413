import type { X509Certificate } from '@peculiar/x509';
import { ImageBuilderError } from '../../core/index.ts';
import { printRepository, type Repository } from '../../oci/index.ts';
import { SignatureRejected } from '../signed-envelope.ts';
import { policyFor, type Trust, type TrustPolicy } from '../trust/load-trust.ts';
import { checkSigner } from './check-trust.ts';

/**
 * Throws `config.invalid` when no signature in one of these repositories could ever count: because no policy is for it,
 * the one that is verifies nothing, or it does not take the signer with this chain, where that is known.
 */
export function checkCoverage(
  trust: Trust,
  repositories: readonly Repository[],
  chain?: readonly X509Certificate[],
): void {
  const problems = repositories.flatMap((repository) => {
    const policy = policyFor(trust, repository);
    const name = printRepository(repository);
    if (policy === undefined) return [{ source: trust.path, message: `no policy is for "${name}"` }];
    const problem = (message: string) => [
      { source: trust.path, message: `policy "${policy.name}" for "${name}" ${message}` },
    ];
    if (policy.level === 'skip') return problem('verifies nothing: its level is "skip"');
    const fault = chain && signerFault(chain, policy);
    return fault === undefined ? [] : problem(`does not take the signer: ${fault}`);
  });
  if (problems.length === 0) return;
  throw new ImageBuilderError(
    'config.invalid',
    'by the trust policy no signature of this build would count',
    { problems },
    { hint: 'correct the policy: "registryScopes", "trustStores", "trustedIdentities"' },
  );
}

function signerFault(chain: readonly X509Certificate[], policy: TrustPolicy): string | undefined {
  try {
    checkSigner({ chain, scheme: 'notary.x509' }, policy);
    return undefined;
  } catch (error) {
    if (error instanceof SignatureRejected) return error.message;
    throw error;
  }
}
