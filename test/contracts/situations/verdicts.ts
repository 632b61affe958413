import { isFailure } from '../../../src/core/index.ts';
import type { Descriptor } from '../../../src/oci/index.ts';
import type { RegistryClient } from '../../../src/registry/index.ts';
import { loadTrust, verifyImage } from '../../../src/signing/index.ts';
import type { Notation } from '../judges.ts';
import type { TestRepository } from '../test-repository.ts';

export interface Question {
  /** Holds the trust policy. */
  readonly notation: Notation;
  readonly place: TestRepository;
  readonly artifact: Descriptor;
}

/** `accepted`, with the checks that the policy only logs, or all that notation says. */
export async function verdictOfNotation({ notation, place, artifact }: Question): Promise<string> {
  const { accepted: yes, words } = await notation.verify(`${place.name}@${artifact.digest}`);
  const logged = [...words.matchAll(/Warning: (\w+) was set to "log"/g)].map(([, check]) => check);
  return yes ? accepted(logged) : words;
}

/** `accepted`, with the reasons that the policy only logs, or a line for each fault. */
export async function ourVerdict(
  registry: RegistryClient,
  { notation, place: { repository }, artifact: descriptor }: Question,
): Promise<string> {
  try {
    const trust = await loadTrust(notation);
    const now = new Date();
    const { verified, rejected } = await verifyImage({ registry, repository, descriptor, trust, now });
    const [signature] = verified;
    if (signature !== undefined) return accepted(signature.logged.map(({ reason }) => reason));
    const reasons = rejected.map(({ reason, message }) => `${reason}: ${message}`);
    return reasons.join('\n') || 'nothing verified';
  } catch (error) {
    if (!isFailure(error)) throw error;
    const faults = isFailure(error, 'config.invalid') ? error.details.problems : [error];
    return faults.map(({ message }) => `${error.code}: ${message}`).join('\n');
  }
}

function accepted(logged: readonly (string | undefined)[]): string {
  return ['accepted', ...logged].join(', but ');
}
