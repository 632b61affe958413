import type { Flag } from './flag.ts';
import { identifying } from './identity-flags.ts';
import { staging } from './pipeline-flags.ts';
import { azureLogin, remote } from './remote-flags.ts';
import { keyMaking, signing, stateOutput, verifying } from './signing-flags.ts';

const helping = [
  { name: 'debug', description: 'print what is otherwise not worth a line, and the causes of an error' },
  { name: 'help', description: 'print this help' },
] as const satisfies readonly Flag[];

const common = [
  {
    name: 'progress',
    value: 'MODE',
    description:
      'auto, tty, plain, github, azure, json or quiet; default: auto, which looks for a CI runner and a terminal',
  },
  { name: 'json', description: 'print the answer as JSON' },
  ...helping,
] as const satisfies readonly Flag[];

const general = [
  {
    name: 'config',
    value: 'FILE',
    description:
      'configuration file; default: $IMAGE_BUILDER_CONFIG, image-builder.yaml at the root of the checkout, the built-in one',
  },
  ...common,
] as const satisfies readonly Flag[];

const source = [
  { name: 'checkout', value: 'DIR', description: 'git checkout to build from; default: the current folder' },
  {
    name: 'event',
    value: 'EVENT',
    description:
      'act as this event would: local (default), push, pull_request_target, merge_group, workflow_dispatch or schedule',
  },
  {
    name: 'pull-request',
    value: 'N',
    description: 'number of the pull request, with --event pull_request_target',
  },
  {
    name: 'repo',
    value: 'OWNER/NAME',
    description: 'repository whose rules apply; default: the remote "origin"',
  },
] as const satisfies readonly Flag[];

const tagging = [
  {
    name: 'tag',
    value: 'TAG',
    repeatable: true,
    description: 'additional tag: VALUE or NAME=VALUE, a text or a template',
  },
  {
    name: 'tag-base64',
    value: 'TEXT',
    description: 'additional tags, separated by commas, the whole in base64',
  },
] as const satisfies readonly Flag[];

const image = [
  {
    name: 'name',
    value: 'NAME',
    description: 'image name without registry and tag; default: the name of the repository',
  },
  {
    name: 'dockerfile',
    value: 'PATH',
    description: 'Dockerfile, relative to the checkout; default: ./Dockerfile',
  },
  { name: 'context', value: 'DIR', description: 'build context, relative to the checkout; default: .' },
  { name: 'target', value: 'STAGE', description: 'stage of the Dockerfile to build; default: the last one' },
  {
    name: 'platform',
    value: 'PLATFORM',
    repeatable: true,
    description: 'platform to build for, such as linux/arm64; several with commas',
  },
  {
    name: 'build-arg',
    value: 'NAME[=VALUE]',
    repeatable: true,
    description: 'build argument; without a value, the one of the environment',
  },
  {
    name: 'build-context',
    value: 'NAME=DIR',
    repeatable: true,
    description: 'additional build context, relative to the checkout',
  },
  {
    name: 'secret',
    value: 'id=ID,env=NAME|src=FILE',
    repeatable: true,
    description: 'secret for RUN --mount=type=secret, from a variable or a file',
  },
  { name: 'export-tags', description: 'pass each tag to the Dockerfile as build argument TAG_<name>' },
  {
    name: 'registry',
    value: 'REPOSITORY',
    repeatable: true,
    description:
      'push below this repository, for example localhost:5000/team, instead of the configured ones',
  },
  { name: 'use-restricted-registry', description: 'push to the restricted registries' },
  {
    name: 'use-go-internal-sap-modules',
    description: 'give the build the logins for private Go modules, as build secret go-netrc',
  },
  { name: 'no-cache', description: 'run every step again' },
] as const satisfies readonly Flag[];

const reportPath = {
  name: 'build-report-path',
  value: 'FILE',
  description: 'write the build report (JSON) to this file, also when the build fails',
} as const satisfies Flag;

const logDirectory = {
  name: 'log-dir',
  value: 'DIR',
  description: 'write the whole log to image-builder.log in this folder as well',
} as const satisfies Flag;

const several = [
  {
    name: 'matrix',
    value: 'FILE',
    description: 'build the images that this YAML file lists, from one checkout',
  },
  { name: 'parallel', value: 'N', description: 'images of the matrix to build at a time; default: 4' },
] as const satisfies readonly Flag[];

const output = [
  { name: 'dry-run', description: 'print the plan and stop' },
  { name: 'builder', value: 'NAME', description: 'buildx builder to use; default: the current one' },
  reportPath,
  logDirectory,
  { name: 'silent', description: 'the same as --progress=quiet', deployed: true },
] as const satisfies readonly Flag[];

const tagsFile = {
  name: 'tags-output-file',
  value: 'FILE',
  description: 'write the tags as JSON to this file as well',
} as const satisfies Flag;

/** Of `attach`. */
const following = [reportPath, logDirectory] as const satisfies readonly Flag[];

/** Flags of deployed callers, with the meaning that they always had. */
const deployed = [
  { name: 'parse-tags-only', description: 'the same as the command "tags"', deployed: true },
  { name: 'sign-only', description: 'the same as the command "sign"', deployed: true },
  {
    name: 'images-to-sign',
    value: 'IMAGE',
    repeatable: true,
    description: 'image to sign, with --sign-only; several with commas',
    deployed: true,
  },
  stateOutput,
] as const satisfies readonly Flag[];

/** The flags of each command, in the order in which help shows them. */
export const flagsOf = {
  build: [
    ...image,
    ...tagging,
    ...source,
    ...several,
    ...output,
    ...remote,
    ...general,
    tagsFile,
    ...deployed,
  ],
  attach: [...following, ...azureLogin, ...general],
  plan: [...image, ...tagging, ...source, ...general],
  tags: [
    ...tagging,
    ...source,
    ...general,
    tagsFile,
    { name: 'export-tags', description: 'accepted for deployed callers', deployed: true },
  ],
  policy: general,
  sign: [...signing, ...general],
  verify: [...verifying, ...general],
  keys: [...keyMaking, { name: 'json', description: 'print the answer as JSON' }, ...helping],
  'signing-service': [
    { name: 'config', value: 'FILE', description: 'configuration of the service' },
    ...helping,
  ],
  pipeline: [...staging, ...general],
  config: general,
  token: [...identifying, ...common],
} as const satisfies Record<string, readonly Flag[]>;
