import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { isUnreadable, readContext } from '../../buildkit/index.ts';
import { isFailure, reasonOf } from '../../core/index.ts';
import { dockerfileInputs } from '../../dockerfile/index.ts';
import { type Digest, digestOf, parseReference } from '../../oci/index.ts';
import type { BuildPlan } from '../../plan/index.ts';
import type { Run } from '../run.ts';
import { type BuildInputs, type InputFiles, Unrepeatable } from './build-inputs.ts';

/** Bytes. */
const longestDockerfile = 1024 * 1024;

/** The image that BuildKit 0.25 makes an SBOM with when none is named. */
const defaultSbomGenerator = 'docker/buildkit-syft-scanner:stable-1';

/** Finds out what goes into the image. Throws `Unrepeatable` where that cannot be told, and what the ports throw. */
export async function readInputs(run: Run): Promise<BuildInputs> {
  const { root, plan } = run;
  const untrustedText = await readDockerfile(root, plan);
  const used = usedImages(plan, untrustedText);
  const [files, images, builder] = await Promise.all([
    readInputFiles(run),
    Promise.all(used.map(({ name, line }) => lookUp(run, name, line))),
    describeBuilder(run),
  ]);
  return { files, images, builder };
}

/** What of a run tells what its checkout contributes. */
export type InputRun = Pick<Run, 'root' | 'plan' | 'signal'> & {
  readonly ports: Pick<Run['ports'], 'trackedFiles'>;
};

/** What the checkout contributes. Throws `Unrepeatable`. */
export async function readInputFiles(run: InputRun): Promise<InputFiles> {
  const { root, plan, ports, signal } = run;
  const { image, buildContexts } = plan;
  const dockerfile = digestOf(await readDockerfile(root, plan));
  const asking = ports.trackedFiles(root, signal);
  const dockerfilePath = join(root, image.dockerfile);
  const digestIn = (path: string, more = {}) =>
    contextDigest({ folder: join(root, path), inCheckout: path, ...more }, asking);
  const contexts = Promise.all(
    buildContexts.map(async ([name, path]) => [name, await digestIn(path)] as const),
  );
  const [context, others] = await Promise.all([digestIn(image.context, { dockerfilePath }), contexts]);
  return { dockerfile, context, contexts: others };
}

async function contextDigest(...[place, asking]: Parameters<typeof readContext>): Promise<Digest> {
  const { digest, holdsGit } = await reading(() => readContext(place, asking));
  if (!holdsGit) return digest;
  throw new Unrepeatable(
    'the context holds ".git", which changes with every commit: name it in .dockerignore',
  );
}

function readDockerfile(root: string, { image }: BuildPlan): Promise<string> {
  const path = join(root, image.dockerfile);
  return reading(async () => {
    const { size } = await stat(path);
    if (size > longestDockerfile) throw new Unrepeatable(`it has ${size} bytes`);
    return readFile(path, 'utf8');
  });
}

/** Files that cannot be read are left to BuildKit to complain about. */
async function reading<T>(read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (cause) {
    throw isUnreadable(cause) ? new Unrepeatable(reasonOf(cause), { cause }) : cause;
  }
}

interface UsedImage {
  readonly name: string;
  readonly line?: number;
}

/** Each once: bases, the frontend, and what makes the SBOM. */
function usedImages(plan: BuildPlan, untrustedText: string): readonly UsedImage[] {
  const { image, platforms, buildArgs, buildContexts, attestations, reuse } = plan;
  const contexts = buildContexts.map(([name]) => name);
  const found = dockerfileInputs({
    ...{ untrustedText, platforms, buildArgs, contexts },
    target: image.target,
    perCommitArgs: reuse?.perCommitArgs ?? [],
  });
  if (found.kind === 'obstacle') throw new Unrepeatable(found.reason, found);
  const { sbom } = attestations;
  const generator = sbom === false ? [] : [{ name: sbom === true ? defaultSbomGenerator : sbom }];
  const bases = found.bases.map(({ untrustedName, line }) => ({ name: untrustedName, line }));
  return [...new Map([...generator, ...bases].map((used) => [used.name, used])).values()];
}

async function lookUp({ ports, signal }: Run, name: string, line?: number): Promise<[string, Digest]> {
  const reference = parseReference(name);
  const refuse = (why: string, cause?: unknown) =>
    new Unrepeatable(`image "${name}" ${why}`, { line, cause });
  if (reference === undefined) throw refuse('has no name that is understood');
  try {
    const digest = reference.digest ?? (await ports.lookUpImage(reference, signal));
    if (digest !== undefined) return [name, digest];
  } catch (cause) {
    if (!isFailure(cause)) throw cause;
    throw refuse(`cannot be looked up: ${cause.message}`, cause);
  }
  throw refuse('is not in its registry');
}

async function describeBuilder({ plan, ports, signal }: Run): Promise<string> {
  if (plan.reuse?.builderVersion !== undefined) return plan.reuse.builderVersion;
  const told = await Promise.all(
    plan.nodes.map(async ({ builder, platforms }) => {
      const version = await ports.describeBuilder(builder, signal);
      return version && `${version} for ${platforms.join(', ')}`;
    }),
  );
  if (!told.includes(undefined)) return told.join('; ');
  throw new Unrepeatable(
    'the engine does not tell its version: let "reuse.builder-version" in the configuration stand for it',
  );
}
