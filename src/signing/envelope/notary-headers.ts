/** Names of the Notary Project signature specification v1.1, the same in both envelope formats. */
export const headers = {
  scheme: 'io.cncf.notary.signingScheme',
  signingTime: 'io.cncf.notary.signingTime',
  authenticSigningTime: 'io.cncf.notary.authenticSigningTime',
  expiry: 'io.cncf.notary.expiry',
  plugin: 'io.cncf.notary.verificationPlugin',
  pluginVersion: 'io.cncf.notary.verificationPluginMinVersion',
  signingAgent: 'io.cncf.notary.signingAgent',
  timestamp: 'io.cncf.notary.timestampSignature',
} as const;

export type EnvelopeFormat = 'jws' | 'cose';

/** Media type of the blob that holds an envelope. */
export const envelopeMediaTypes: Readonly<Record<EnvelopeFormat, string>> = {
  jws: 'application/jose+json',
  cose: 'application/cose',
};

export const payloadMediaType = 'application/vnd.cncf.notary.payload.v1+json';
