import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { refuseLocalMerge } from '../ci/index.ts';
import { ImageBuilderError, reasonOf } from '../core/index.ts';
import type { EmitProgress } from '../progress/index.ts';
import type { BuildRequest, ParsedRequest } from '../request/index.ts';
import {
  type Backend,
  describeOrder,
  openPipeline,
  type Pipeline,
  type PipelineOrder,
  remoteRequest,
} from '../submit/index.ts';
import { azureLoginOf, secretFlag } from './azure-login-of.ts';
import type { CommandRun } from './commands.ts';
import { agent, clock } from './connect.ts';
import { one } from './one.ts';
import type { Prepared } from './prepare.ts';

/** A build in a pipeline, as it is asked for. */
export interface RemoteBuild {
  readonly kind: 'pipeline';
  readonly request: ParsedRequest;
  readonly imageName: string;
  readonly pipeline: PipelineOrder;
  readonly isGithub: boolean;
  readonly identity: Prepared['settings']['identity'];
}

/** Puts down what a pipeline is asked for. Throws `request.invalid`. */
export async function orderFor(
  { args, console, signal }: CommandRun,
  prepared: Prepared,
  asked: BuildRequest,
): Promise<RemoteBuild> {
  const { ci, settings } = prepared;
  if (ci === undefined || settings.adoConfig === undefined) throw new Error('no CI, or no pipeline');
  await refuseLocalMerge(ci, one(args, 'checkout') ?? console.directory, signal);
  const request = remoteRequest({ build: ci, asked, environment: console.environment });
  return {
    kind: 'pipeline',
    request,
    imageName: request.build.name ?? request.source.name,
    pipeline: { settings: settings.adoConfig, host: ci.host },
    isGithub: ci.ci === 'github',
    identity: settings.identity,
  };
}

/** Carries a request out in the pipeline. */
export function pipelineBackend(
  run: CommandRun,
  build: RemoteBuild,
  emit: EmitProgress,
): Backend<ParsedRequest> {
  return {
    kind: 'azure-devops',
    async carryOut(request, signal) {
      await using pipeline = open(run, build, emit);
      return await pipeline.backend(randomUUID()).carryOut(request, signal);
    },
  };
}

/** Prints what would be sent, without sending anything. */
export function printOrder({ args, console }: CommandRun, { request, pipeline }: RemoteBuild): number {
  console.stdout.write(describeOrder(request, pipeline, { json: args.switches.get('json') ?? false }));
  return 0;
}

/** Prints the final YAML of the run that would be started. */
export async function printPreview(run: CommandRun, build: RemoteBuild, emit: EmitProgress): Promise<number> {
  const { console, args, signal } = run;
  const path = one(args, 'ado-preview-run-yaml-path');
  const yaml = path === undefined ? undefined : await readYaml(resolve(console.directory, path));
  await using pipeline = open(run, build, emit);
  const final = await pipeline.preview(build.request, yaml, signal);
  console.stdout.write(final.endsWith('\n') ? final : `${final}\n`);
  return 0;
}

function open(run: CommandRun, build: RemoteBuild, emit: EmitProgress): Pipeline & AsyncDisposable {
  const { args, console } = run;
  return openPipeline({
    ...build,
    environment: console.environment,
    given: { token: secretFlag(args, 'oidc-token'), ...azureLoginOf(args) },
    ...{ emit, clock, userAgent: agent, random: Math.random },
  });
}

async function readYaml(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (cause) {
    const message = `cannot read "${path}": ${reasonOf(cause)}`;
    throw new ImageBuilderError(
      'usage.invalid',
      message,
      { argument: '--ado-preview-run-yaml-path' },
      { cause },
    );
  }
}
