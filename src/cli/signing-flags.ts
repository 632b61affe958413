import type { Flag } from './flag.ts';

/** Deployed pipelines go on by output variables. */
export const stateOutput = {
  name: 'ado-state-output',
  description: 'set output variables for Azure DevOps',
  deployed: true,
} as const satisfies Flag;

/** Of `sign`. */
export const signing = [
  {
    name: 'signer',
    value: 'NAME',
    repeatable: true,
    description: 'sign with this signer of the configuration; default: those enabled for everybody',
  },
  {
    name: 'repo',
    value: 'OWNER/NAME',
    description: 'also sign with the signers that are enabled for this repository',
  },
  {
    name: 'log-dir',
    value: 'DIR',
    description: 'write the whole log to image-builder.log in this folder as well',
  },
  stateOutput,
] as const satisfies readonly Flag[];

/** Of `verify`. */
export const verifying = [
  {
    name: 'platform',
    value: 'PLATFORM',
    description: 'verify the image of this platform instead of the index',
  },
  {
    name: 'trust',
    value: 'DIR',
    description:
      'folder with trustpolicy.json and truststore; default: trust.directory of the configuration; with no trust at all, that of notation',
  },
  {
    name: 'cosign-key',
    value: 'FILE',
    repeatable: true,
    description: 'PEM file with the public key of a cosign signer; default: trust.cosign-keys',
  },
] as const satisfies readonly Flag[];

/** Of `keys create`. */
export const keyMaking = [
  {
    name: 'subject',
    value: 'SUBJECT',
    description: 'subject of the certificate that signs, with C, ST, O and CN',
  },
  {
    name: 'algorithm',
    value: 'NAME',
    description: 'key that signs: P-256 (default), P-384, P-521, RSA-2048, RSA-3072 or RSA-4096',
  },
  { name: 'days', value: 'N', description: 'how long every certificate is valid; default: 365' },
  {
    name: 'repository',
    value: 'REPOSITORY',
    repeatable: true,
    description:
      'repository that is trusted and may be signed; default: trust every one, sign on localhost:5000',
  },
  {
    name: 'host',
    value: 'HOST',
    repeatable: true,
    description: 'name or address of the signing service beside localhost',
  },
  { name: 'port', value: 'N', description: 'port of the signing service; default: 8443' },
] as const satisfies readonly Flag[];
