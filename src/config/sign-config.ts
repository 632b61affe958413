import * as z from 'zod/mini';
import { expecting, optional, quoted, refuse, required, section, withDefault } from './fields.ts';
import { alternative, duration, flag, oneOf, pause, serviceUrl, text } from './scalars.ts';
import { embeddedSigner, signingKey } from './signing-key.ts';

const jobTypes = ['presubmit', 'postsubmit', 'merge_group', 'workflow_dispatch', 'schedule'] as const;

const signifySecret = section({
  path: required(text, { description: 'File with the client certificate and its private key.' }),
  type: required(oneOf(['signify']), { description: 'Format of the file.' }),
});

const notaryConfig = section({
  endpoint: required(serviceUrl, { description: 'Address of the signing service.' }),
  secret: required(signifySecret, { description: 'Credentials for the signing service.' }),
  ca: optional(text, {
    description: 'PEM file with the only authorities that may vouch for the signing service.',
  }),
  timeout: withDefault(duration, '5m', {
    description: 'Longest wait for one answer of the signing service.',
  }),
  'read-back': optional(flag, {
    description:
      'Whether the signature must be found in the registry and verified by `trust` before a tag moves; default: when `trust` has a directory. `false` is for a service that keeps its signatures elsewhere.',
  }),
  'signed-by': optional(text, {
    description:
      'Subject of the certificate that the service signs with, as in a trust policy: only its signatures are taken for an answer.',
    examples: ['C=DE, ST=BW, O=Example, CN=signing'],
  }),
  'retry-timeout': withDefault(pause, '10s', {
    description: 'Longest pause before the first repetition; it doubles with each.',
  }),
});

const cosignConfig = section({
  ...signingKey(),
  'public-key': optional(text, {
    description:
      'PEM file with the public key, by which a machine without the private one tells signatures of this signer.',
  }),
});

const signerTypes = ['notary', 'notation', 'cosign'] as const;
type SignerType = (typeof signerTypes)[number];

function signerOf<Type extends SignerType, Config extends z.core.SomeType>(type: Type, config: Config) {
  const description =
    'Kind of signer: `notary` is the Signify service, `notation` signs by itself as the Notary Project does, `cosign` as Sigstore does.';
  return z.pipe(
    section({
      name: required(text, { description: 'Name by which `enabled-signers` refers to the signer.' }),
      type: required(alternative(type, signerTypes), { description }),
      'job-type': withDefault(expecting(z.array(oneOf(jobTypes)), { expected: 'a list of job types' }), [], {
        description: 'Job types that the signer signs for; none named means every one.',
      }),
      config: required(config, { description: 'What the signer signs with.' }),
    }),
    z.transform(({ jobType, ...named }) => ({ ...named, jobTypes: jobType })),
  );
}

const signer = expecting(
  z.discriminatedUnion('type', [
    signerOf('notary', notaryConfig),
    signerOf('notation', embeddedSigner()),
    signerOf('cosign', cosignConfig),
  ]),
  { expected: 'a mapping with "name", "type", "job-type", "config"' },
);

const repositoryName = expecting(z.string().check(z.regex(/^(?:\*|[A-Za-z0-9-]+\/[A-Za-z0-9._-]+)$/)), {
  expected: '"*" or a repository as owner/name',
});

/** Who signs what, in the shape of deployed configurations. */
export const signConfig = section(
  {
    'enabled-signers': withDefault(
      expecting(z.record(repositoryName, expecting(z.array(text), { expected: 'a list of signer names' })), {
        expected: 'a mapping from repositories to lists of signer names',
      }),
      {},
      { description: 'Names of the signers for every repository (`*`) and for single ones (`owner/name`).' },
    ),
    signers: withDefault(expecting(z.array(signer), { expected: 'a list of signers' }), [], {
      description: 'The signers that can be enabled.',
    }),
  },
  (context) => {
    const { signers, 'enabled-signers': enabled } = context.value;
    const known = new Set<string>();
    for (const [index, { name }] of signers.entries()) {
      if (known.has(name))
        refuse(context, { message: `signer ${quoted(name)} is defined twice` }, ['signers', index]);
      known.add(name);
    }
    const hint = known.size === 0 ? 'no signer is defined' : `defined signers: ${[...known].join(', ')}`;
    for (const [repository, names] of Object.entries(enabled)) {
      for (const [index, name] of names.entries()) {
        const path = ['enabled-signers', repository, index];
        if (!known.has(name))
          refuse(context, { message: `signer ${quoted(name)} is not defined`, hint }, path);
      }
    }
  },
);
