import type { Console } from './console.ts';
import type { Flag } from './flag.ts';
import { flagsOf } from './flags.ts';
import type { Arguments } from './parse-arguments.ts';

export interface CommandRun {
  readonly args: Arguments;
  readonly console: Console;
  /** Aborted by Ctrl-C and SIGTERM; its reason is the name of the signal. */
  readonly signal: AbortSignal;
}

export interface Command {
  readonly name: string;
  readonly summary: string;
  /** What follows the name in the usage line. */
  readonly usage: string;
  /** How many words it takes besides flags. */
  readonly positionals: number;
  readonly flags: readonly Flag[];
  readonly examples: readonly string[];
  /** Loads the code only when it is needed. Resolves with the exit code. */
  readonly run: (run: CommandRun) => Promise<number>;
}

/** Every command. Help, suggestions and `docs/cli.md` are made from this table. */
export const commands: readonly Command[] = [
  {
    name: 'build',
    summary: 'build the image for every platform, push it to every repository, then move the tags',
    usage: '[flags]',
    positionals: 0,
    flags: flagsOf.build,
    examples: [
      'image-builder build --registry localhost:5000/team',
      'image-builder build --name team/app --platform linux/amd64,linux/arm64 --tag v1.2.3 --build-arg VERSION=1.2.3',
    ],
    run: async (run) => (await import('./build.ts')).build(run),
  },
  {
    name: 'attach',
    summary: 'follow the run of a build in Azure DevOps again, and end as the build itself would',
    usage: 'RUN [flags]',
    positionals: 1,
    flags: flagsOf.attach,
    examples: [
      'image-builder attach 4711',
      "image-builder attach 'https://dev.azure.com/team/project/_build/results?buildId=4711' --build-report-path report.json",
    ],
    run: async (run) => (await import('./attach.ts')).attach(run),
  },
  {
    name: 'plan',
    summary: 'print what a build would do; needs no engine, no network and no credentials',
    usage: '[flags]',
    positionals: 0,
    flags: flagsOf.plan,
    examples: [
      'image-builder plan --event push',
      'image-builder plan --event pull_request_target --pull-request 7 --json',
    ],
    run: async (run) => (await import('./plan.ts')).plan(run),
  },
  {
    name: 'tags',
    summary: 'print the tags that the image would get',
    usage: '[flags]',
    positionals: 0,
    flags: flagsOf.tags,
    examples: ["image-builder tags --event push --tag 'release={{ .Date }}' --json"],
    run: async (run) => (await import('./tags.ts')).tags(run),
  },
  {
    name: 'policy',
    summary:
      'put a table of questions to the policy and print the verdicts; fails unless all are as expected',
    usage: 'test FILE [flags]',
    positionals: 2,
    flags: flagsOf.policy,
    examples: ['image-builder policy test policy-cases.yaml'],
    run: async (run) => (await import('./policy.ts')).policy(run),
  },
  {
    name: 'sign',
    summary: 'have images signed that are in a registry already, with every signer that is enabled',
    usage: 'REFERENCE… [flags]',
    positionals: Number.POSITIVE_INFINITY,
    flags: flagsOf.sign,
    examples: [
      'image-builder sign registry.example.com/team/app:v1.2.3',
      'image-builder sign --signer embedded registry.example.com/team/app@sha256:…',
    ],
    run: async (run) => (await import('./sign.ts')).sign(run),
  },
  {
    name: 'verify',
    summary: 'say who signed an image and when; fails unless there is a signature that counts',
    usage: 'REFERENCE… [flags]',
    positionals: Number.POSITIVE_INFINITY,
    flags: flagsOf.verify,
    examples: [
      'image-builder verify registry.example.com/team/app:v1.2.3',
      'image-builder verify --platform linux/arm64 --trust /etc/notation registry.example.com/team/app@sha256:…',
    ],
    run: async (run) => (await import('./verify.ts')).verify(run),
  },
  {
    name: 'keys',
    summary: 'make keys, certificates, trust and configuration for signing on one machine',
    usage: 'create DIRECTORY [flags]',
    positionals: 2,
    flags: flagsOf.keys,
    examples: ['image-builder keys create ./keys --repository localhost:5000/team/app'],
    run: async (run) => (await import('./keys.ts')).keys(run),
  },
  {
    name: 'signing-service',
    summary: 'sign what entitled clients ask for, with the API of Signify, until Ctrl-C',
    usage: '--config FILE [flags]',
    positionals: 0,
    flags: flagsOf['signing-service'],
    examples: ['image-builder signing-service --config keys/signing-service.yaml'],
    run: async (run) => (await import('./signing-service.ts')).signingService(run),
  },
  {
    name: 'pipeline',
    summary: 'one stage of a build for a caller elsewhere: identify, build, publish or report',
    usage: 'identify|build|publish|report [flags]',
    positionals: 1,
    flags: flagsOf.pipeline,
    examples: [
      'image-builder pipeline identify --request request.json --output identified.json',
      'image-builder pipeline build --identified identified.json --identified-digest sha256:… --output built.json',
    ],
    run: async (run) => (await import('./pipeline.ts')).pipeline(run),
  },
  {
    name: 'config',
    summary: 'check the configuration and print every value with its source, or print its JSON Schema',
    usage: 'check|schema [flags]',
    positionals: 1,
    flags: flagsOf.config,
    examples: ['image-builder config check', 'image-builder config schema > image-builder.schema.json'],
    run: async (run) => (await import('./config.ts')).config(run),
  },
  {
    name: 'token',
    summary: 'verify the token of a caller, and print who it is',
    usage: 'verify [flags]',
    positionals: 1,
    flags: flagsOf.token,
    examples: ['AUTHORIZATION="$TOKEN" image-builder token verify --output-path identity.json'],
    run: async (run) => (await import('./token.ts')).token(run),
  },
];
