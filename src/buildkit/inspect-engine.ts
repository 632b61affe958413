import { ImageBuilderError } from '../core/index.ts';
import { neutraliseLine } from '../progress/index.ts';
import { type AskOptions, askBuildx } from './ask-buildx.ts';
import type { Engine } from './engine.ts';

export interface EngineDetails {
  readonly builder: string;
  readonly driver: string;
  /** Of BuildKit; distributions may hide it. */
  readonly version: string;
  /** What the engine says it can run, emulation included. */
  readonly platforms: readonly string[];
  /** Whether it can write an image as an OCI layout. */
  readonly exportsLayouts: boolean;
}

export interface InspectEngineOptions extends AskOptions {
  /** The current builder unless given. */
  readonly builder?: string | undefined;
}

/** Set on BuildKit's containerd worker, which a docker engine only has with the containerd image store. */
const containerdLabel = 'org.mobyproject.buildkit.worker.snapshotter';

/** Asks the engine behind the builder what it is. Costs a process and, with an engine far away, seconds. */
export async function inspectEngine(engine: Engine, options: InspectEngineOptions): Promise<EngineDetails> {
  const builders = await listBuilders(engine, options);
  const found = builders.find(({ Name, Current }) =>
    options.builder === undefined ? Current : Name === options.builder,
  );
  if (found === undefined) throw unknownBuilder(options.builder ?? 'default', builders);
  const nodes = found.Nodes ?? [];
  const problem = found.Err ?? nodes.find(({ Err }) => Err !== undefined)?.Err;
  if (problem !== undefined) throw unreachable(found.Name, problem);
  return {
    builder: found.Name,
    driver: found.Driver ?? '',
    version: nodes[0]?.Version ?? '',
    platforms: [...new Set(nodes.flatMap(({ Platforms }) => Platforms ?? []))],
    exportsLayouts:
      found.Driver !== 'docker' || nodes.some(({ Labels }) => containerdLabel in (Labels ?? {})),
  };
}

/** A line of `buildx ls --format json`, buildx 0.13 and newer. */
interface ListedBuilder {
  readonly Name: string;
  readonly Driver?: string;
  readonly Current?: boolean;
  readonly Err?: string;
  readonly Nodes?: readonly {
    readonly Version?: string;
    readonly Platforms?: readonly string[];
    readonly Labels?: Readonly<Record<string, string>>;
    readonly Err?: string;
  }[];
}

async function listBuilders(engine: Engine, options: InspectEngineOptions): Promise<ListedBuilder[]> {
  const { exitCode, lines } = await askBuildx(engine, ['ls', '--format', 'json'], options);
  if (exitCode === 0) return lines.map((line) => JSON.parse(line) as ListedBuilder);
  const version = await askBuildx(engine, ['version'], options);
  const known =
    version.exitCode === 0 ? `is too old: ${version.lines[0]}` : 'does not work: docker has no plugin buildx';
  throw new ImageBuilderError(
    'engine.not-found',
    `"${engine.command.join(' ')}" ${neutraliseLine(known)}`,
    { tried: [engine.command.join(' ')] },
    { hint: 'install buildx 0.13 or newer: https://docs.docker.com/build/buildx/install/' },
  );
}

function unknownBuilder(name: string, builders: readonly ListedBuilder[]): ImageBuilderError {
  const known = builders.map(({ Name }) => Name);
  return new ImageBuilderError(
    'engine.not-found',
    `no builder is called "${name}"`,
    { tried: [name] },
    { hint: `known builders: ${known.join(', ')}; \`docker buildx create --name ${name}\` makes another` },
  );
}

function unreachable(builder: string, problem: string): ImageBuilderError {
  return new ImageBuilderError(
    'engine.not-found',
    `the engine of builder "${builder}" does not answer: ${neutraliseLine(problem)}`,
    { tried: [builder] },
    { hint: 'start docker, or name another engine with DOCKER_HOST, DOCKER_CONTEXT or a builder' },
  );
}

/** The error of an engine that can build but not hand over what it built. */
export function cannotExport({ builder }: EngineDetails): ImageBuilderError {
  return new ImageBuilderError(
    'engine.not-found',
    `the engine of builder "${builder}" cannot export OCI image layouts`,
    { tried: [builder] },
    {
      hint: 'enable the containerd image store of docker (https://docs.docker.com/engine/storage/containerd/), or run `docker buildx create --driver docker-container --use`',
    },
  );
}
