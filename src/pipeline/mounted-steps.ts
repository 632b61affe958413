import { join } from 'node:path';
import { type ContextTree, isUnreadable, readContext } from '../buildkit/index.ts';
import type { Mount } from '../cache-mounts/index.ts';
import { ImageBuilderError, isFailure, throwIfCancelled, withDeadline } from '../core/index.ts';
import { mountedRuns, type StepRecipe, stepRecipes, type UsedFiles } from '../dockerfile/index.ts';
import { type Digest, digestOf, parseReference } from '../oci/index.ts';
import type { BuildNode } from '../plan/index.ts';
import { dockerfileText } from './dockerfile-text.ts';
import { mountNamespace } from './mount-namespace.ts';
import type { PinMount } from './pin-mounts.ts';
import type { Run } from './run.ts';

/** A step of the Dockerfile that mounts caches. */
export interface MountedStep {
  readonly line: number;
  readonly mounts: readonly Mount[];
  /** The same for steps whose result BuildKit takes for the same; undefined where that cannot be told. */
  readonly name: Digest | undefined;
}

/** Of what a name is made. */
const version = 1;

/** Seconds; what takes longer costs more than it saves. */
const nameSeconds = 5;

type StepRun = Pick<Run, 'root' | 'plan' | 'ports'>;

/** The steps of a node that mount caches, by names that tell whether a cache of layers should have them. */
export async function mountedSteps(
  run: StepRun,
  node: BuildNode,
  { pin, signal }: { readonly pin: PinMount; readonly signal: AbortSignal },
): Promise<readonly MountedStep[]> {
  const { root, plan } = run;
  const { image, buildArgs, buildContexts } = plan;
  const untrustedText = node.cache.mounts && (await dockerfileText(root, image.dockerfile));
  if (untrustedText === undefined) return [];
  const contexts = buildContexts.map(([name]) => name);
  const namer = new StepNamer(run, node, signal);
  const steps = node.platforms.flatMap((platform) => {
    const question = { untrustedText, target: image.target, platform, buildArgs, contexts };
    const recipeOf = stepRecipes(question);
    return mountedRuns(question).map((place) => ({ place, recipe: recipeOf(place) }));
  });
  return Promise.all(
    steps.map(async ({ place: { instruction, mounts }, recipe }) => ({
      line: instruction.line,
      mounts: mounts.flatMap((mount) => ('id' in mount ? (pin(mount) ?? []) : [])),
      name: recipe && (await namer.nameOf(recipe)),
    })),
  );
}

/** Gives names to steps; looks at each image and context once. */
class StepNamer {
  readonly #run: StepRun;
  readonly #node: BuildNode;
  readonly #signal: AbortSignal;
  readonly #images = new Map<string, Promise<Digest | undefined>>();
  readonly #contexts = new Map<string | undefined, Promise<ContextTree>>();
  #tracked: ReturnType<Run['ports']['trackedFiles']> | undefined;

  constructor(run: StepRun, node: BuildNode, signal: AbortSignal) {
    this.#run = run;
    this.#node = node;
    this.#signal = signal;
  }

  async nameOf({ text, images, files }: StepRecipe): Promise<Digest | undefined> {
    try {
      const inputs = await withDeadline({ signal: this.#signal, seconds: nameSeconds, late }, (inTime) =>
        Promise.all([
          ...images.map((name) => this.#image(name, inTime)),
          ...files.map((each) => this.#files(each)),
        ]),
      );
      if (inputs.includes(undefined)) return undefined;
      return digestOf(JSON.stringify([version, mountNamespace(this.#run.plan, this.#node), text, inputs]));
    } catch (error) {
      throwIfCancelled(this.#signal);
      if (isFailure(error) || isUnreadable(error)) return undefined;
      throw error;
    }
  }

  #image(name: string, signal: AbortSignal): Promise<Digest | undefined> {
    const reference = parseReference(name);
    if (reference === undefined) return Promise.resolve(undefined);
    const asked =
      this.#images.get(name) ??
      Promise.resolve(reference.digest ?? this.#run.ports.lookUpImage(reference, signal));
    this.#images.set(name, asked);
    return asked;
  }

  async #files({ context, path }: UsedFiles): Promise<Digest | undefined> {
    const asked = this.#contexts.get(context) ?? this.#read(context);
    this.#contexts.set(context, asked);
    const tree = await asked;
    if (path !== undefined) return tree.digestAt(path);
    return tree.holdsGit ? undefined : tree.digest;
  }

  #read(context: string | undefined): Promise<ContextTree> {
    const { root, plan, ports } = this.#run;
    this.#tracked ??= ports.trackedFiles(root, this.#signal);
    const named = plan.buildContexts.find(([name]) => name === context)?.[1];
    const inCheckout = named ?? plan.image.context;
    const place = { folder: join(root, inCheckout), inCheckout };
    const own = named === undefined ? { dockerfilePath: join(root, plan.image.dockerfile) } : {};
    return readContext({ ...place, ...own }, this.#tracked);
  }
}

function late(): ImageBuilderError {
  return new ImageBuilderError('internal', 'it took too long', { where: 'cache' });
}
