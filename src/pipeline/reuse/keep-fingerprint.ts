import { reasonOf, throwIfCancelled } from '../../core/index.ts';
import { printRepository, type Repository } from '../../oci/index.ts';
import type { PushedImage } from '../ports.ts';
import type { Run } from '../run.ts';
import { fingerprintTag } from './fingerprint.ts';
import type { ReuseRecord } from './reuse-record.ts';

/**
 * Lets later builds find the image by what it was made of. It is published by then: that it cannot be kept costs them
 * time, and nothing else.
 */
export async function keepFingerprint(
  run: Pick<Run, 'record' | 'emit'> & { readonly ports: Pick<Run['ports'], 'openEarlierImages'> },
  image: PushedImage,
  signal: AbortSignal,
): Promise<void> {
  const { record, ports, emit } = run;
  const { reuse } = record;
  if (reuse === undefined || reuse.kind === 'ineligible') return;
  if (reuse.kind === 'built' && !reuse.confirmed) return;
  try {
    const repositories = image.repositories.filter((each) => !isFoundIn(reuse, each));
    await ports.openEarlierImages(signal).keep({ ...image, repositories }, fingerprintTag(reuse.fingerprint));
  } catch (error) {
    throwIfCancelled(signal);
    const message = `later builds will not find this image by its inputs: ${reasonOf(error)}`;
    emit({ kind: 'notice', level: 'info', message });
  }
}

function isFoundIn(reuse: ReuseRecord, repository: Repository): boolean {
  return reuse.kind === 'reused' && printRepository(reuse.image.repository) === printRepository(repository);
}
