import type { Descriptor, Repository } from '../../src/oci/index.ts';
import type { AttachReferrer } from '../../src/registry/index.ts';
import { signDescriptor } from '../../src/signing/index.ts';
import { type Chain, issuedAt } from '../fakes/signing/certificates.ts';
import { signingKeyOf } from '../fakes/signing/key-kinds.ts';

type Signing = Parameters<typeof signDescriptor>[0];

export interface SigningOrder extends Partial<Pick<Signing, 'format' | 'metadata' | 'timestamp'>> {
  readonly repository: Repository;
  readonly subject: Descriptor;
  readonly chain: Chain;
}

/** Signs and stores the signature as the product does; returns the descriptor of its manifest. */
export async function signAndAttach(attach: AttachReferrer, order: SigningOrder): Promise<Descriptor> {
  const { repository, subject, chain, format = 'jws', metadata = {}, timestamp } = order;
  const { envelope, ...signed } = await signDescriptor({
    signer: 'embedded',
    key: signingKeyOf(chain),
    format,
    descriptor: subject,
    metadata,
    signingTime: issuedAt,
    signingAgent: 'image-builder/test',
    ...(timestamp === undefined ? {} : { timestamp }),
  });
  return attach(repository, {
    ...signed,
    subject: subject.digest,
    artifactType: 'application/vnd.cncf.notary.signature',
    blobs: [Buffer.from('{}'), envelope.bytes],
  });
}
