import * as z from 'zod/mini';
import { adoConfig } from './ado-config.ts';
import { advice } from './advice-rules.ts';
import { cache } from './cache-config.ts';
import {
  distinct,
  expecting,
  listOf,
  obsolete,
  optional,
  refuse,
  required,
  section,
  withDefault,
} from './fields.ts';
import { goModules } from './go-modules.ts';
import { identity } from './identity.ts';
import { checkPolicyNames, policySettings } from './policy-config.ts';
import { restrictedRegistries } from './restricted-registries.ts';
import {
  builderName,
  duration,
  flag,
  imageReference,
  oneOf,
  platforms,
  registryHost,
  repositories,
  text,
  variableName,
  wholeNumber,
} from './scalars.ts';
import { signConfig } from './sign-config.ts';
import { source } from './source.ts';
import { type TagChecks, tagTemplates } from './tag-template.ts';
import { trust } from './trust.ts';

const reuse = section({
  enabled: withDefault(flag, false, {
    description:
      'Whether a build takes the signed image of an earlier one when nothing that goes into it has changed.',
  }),
  'builder-version': optional(text, {
    description:
      'Stands for the engine that builds; another text has images built anew. Without it the engine is asked.',
    examples: ['buildkit-0.25'],
  }),
});

const builderNode = section({
  name: required(builderName, { description: 'Name of the node in plans and reports.' }),
  builder: required(builderName, { description: 'Name of the buildx builder.' }),
  platforms: required(platforms, { description: 'Platforms that the node runs natively.' }),
  'agent-pool': withDefault(text, 'image-builder-build', {
    description: 'Pool of Azure DevOps agents that can reach the builder.',
  }),
});

function destinations() {
  return {
    registry: withDefault(repositories, [], {
      description:
        'Where images of push, schedule and workflow_dispatch go: one repository, or several that all get the same image.',
      examples: ['registry.example.com/team/prod', ['registry.example.com/prod', 'mirror.example.com/prod']],
    }),
    'dev-registry': withDefault(repositories, [], {
      description: 'Where images of pull requests, merge groups and local builds go.',
      examples: ['registry.example.com/team/dev'],
    }),
    'restricted-registry': withDefault(restrictedRegistries, [], {
      description: 'Takes the place of `registry` for images on restricted base images.',
      examples: [{ push: 'registry.example.com/restricted-push', pull: 'registry.example.com/restricted' }],
    }),
    'restricted-dev-registry': withDefault(restrictedRegistries, [], {
      description: 'Takes the place of `dev-registry` for images on restricted base images.',
    }),
    'plain-http-registries': withDefault(listOf(registryHost, 'a list of registries'), [], {
      description:
        'Registries that speak plain HTTP, as `host` or `host:port`; those on loopback do so anyway.',
      examples: [['registry.internal:5000']],
    }),
  };
}

function tags(checks: TagChecks) {
  const { defaultTag, additionalTag } = tagTemplates(checks);
  const example = (value: string, validation: string) => [{ name: 'default_tag', value, validation }];
  return {
    'default-commit-tag': optional(defaultTag, {
      description: 'Default tag of images built on push, schedule and workflow_dispatch.',
      examples: example('v{{ .Date }}-{{ .ShortSHA }}', '^v[0-9]{8}-[0-9a-f]{7,8}$'),
    }),
    'default-pr-tag': optional(defaultTag, {
      description: 'Default tag of images built for a pull request.',
      examples: example('PR-{{ .PRNumber }}', '^PR-[0-9]+$'),
    }),
    'default-merge-group-tag': optional(defaultTag, {
      description: 'Default tag of images built for a merge group.',
      examples: example('0.0.0-MG.{{ .ShortSHA }}', '^0\\.0\\.0-MG\\.[0-9a-f]{7,8}$'),
    }),
    'default-local-tag': withDefault(defaultTag, localTag, {
      description:
        'Default tag of images built from a checkout outside CI; `-dirty` is added when it has uncommitted changes.',
    }),
    'additional-pr-tag': optional(additionalTag, {
      description: 'A further tag of images built for a pull request.',
    }),
    'short-sha-length': withDefault(wholeNumber(4, 40), 7, {
      description: 'How many hexadecimal digits `.ShortSHA` has.',
    }),
    'tag-env': withDefault(listOf(variableName, 'a list of names of environment variables'), [], {
      description: 'Environment variables that tag templates may read with `.Env`; all others are refused.',
      examples: [['PULL_BASE_REF']],
    }),
    'tag-template': obsolete(z.union([z.string(), z.record(z.string(), z.unknown())]), {
      reason: 'default tags are now set for each event, with a validation pattern',
      hint: 'move the template to "default-commit-tag"',
      replacement: 'default-commit-tag',
    }),
  };
}

/** The pattern allows for `-dirty`, which is part of the finished tag. */
const localTag = {
  name: 'default_tag',
  value: 'local-{{ .ShortSHA }}',
  validation: '^local-[0-9a-f]{4,40}(-dirty)?$',
};

function builds() {
  return {
    platforms: withDefault(platforms, ['linux/arm64', 'linux/amd64'], {
      description: 'Platforms that are built when a build does not name its own.',
    }),
    reproducible: withDefault(flag, false, {
      description:
        "Whether timestamps in the image are the commit's, so that the same source gives the same digest.",
    }),
    provenance: withDefault(oneOf(['off', 'min', 'max']), 'min', {
      description: 'How much the provenance attestation tells.',
    }),
    sbom: withDefault(
      expecting(z.union([flag, imageReference]), { expected: 'true, false or the image of a generator' }),
      false,
      { description: 'Whether an SBOM is attached, or the image of the generator that makes it.' },
    ),
    compression: withDefault(oneOf(['gzip', 'zstd']), 'gzip', {
      description:
        'Compression of the layers that a build adds. With zstd they take half the time to unpack; whatever pulls the image must know it, as docker does since 23 and containerd since 1.5.',
    }),
    cache: withDefault(
      cache,
      {},
      { description: 'What is kept from one build to the next, see [cache](cache.md).' },
    ),
    reuse: withDefault(reuse, {}, { description: 'Images of earlier builds.' }),
    'builder-nodes': withDefault(
      expecting(z.array(builderNode).check(distinct(({ name }) => name)), {
        expected: 'a list of builder nodes',
      }),
      [],
      {
        description: 'Builders that run platforms natively; what no node runs stays on the default builder.',
      },
    ),
    advice: withDefault(advice, true, {
      description:
        'Whether builds are advised of what makes them slow, or the rules to leave out; docs/advice.md explains them.',
      examples: [['emulated-compile']],
    }),
    'build-timeout': withDefault(duration, '2h', { description: 'Longest time that a build may take.' }),
    'publish-timeout': withDefault(duration, '30m', {
      description: 'Longest time that the transfer to the registries may take.',
    }),
    'log-format': obsolete(oneOf(['json', 'text', 'color']), {
      reason: 'the form of the log is chosen when a command is run',
      hint: 'remove the key and use --progress',
    }),
  };
}

/** Everything that a configuration file can say. */
export function settingsSchema(checks: TagChecks) {
  const fields = {
    ...destinations(),
    ...tags(checks),
    source: withDefault(source, {}, { description: 'How a commit is fetched.' }),
    'go-modules': optional(goModules, { description: 'Access to private Go modules.' }),
    ...builds(),
    identity: optional(identity, { description: 'Whose tokens prove who a caller is.' }),
    ...policySettings(),
    'sign-config': optional(signConfig, { description: 'Who signs which images.' }),
    trust: optional(trust, { description: 'Whose signatures count.' }),
    backend: withDefault(oneOf(['auto', 'local', 'azure-devops']), 'auto', {
      description:
        'Where images are built: in the pipeline of `ado-config`, or on this machine; `auto` is the pipeline in CI where there is one configured, and this machine otherwise.',
    }),
    'ado-config': optional(adoConfig, { description: 'The Azure DevOps pipeline that builds.' }),
  };
  return section(fields, checkPolicyNames, (context) => {
    const { 'sign-config': signing, trust } = context.value;
    if (trust?.directory !== undefined) return;
    for (const [index, signer] of signing?.signers.entries() ?? []) {
      if (signer.type !== 'notary' || signer.config.readBack !== true) continue;
      const hint = 'set "trust.directory", which says whose signatures count, or leave "read-back" out';
      const path = ['sign-config', 'signers', index, 'config', 'read-back'];
      refuse(context, { message: 'nothing says whose signatures to look for', hint }, path);
    }
  });
}

export type DeepReadonly<Value> = Value extends object
  ? { readonly [Key in keyof Value]: DeepReadonly<Value[Key]> }
  : Value;

/** The configuration as the program reads it: every default applied, durations in seconds, frozen. */
export type Settings = DeepReadonly<z.output<ReturnType<typeof settingsSchema>>>;
