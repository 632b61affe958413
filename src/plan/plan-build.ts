import type { SourceState } from '../ci/index.ts';
import type { Settings } from '../config/index.ts';
import { deepFreeze, ImageBuilderError, rfc3339 } from '../core/index.ts';
import { isRepositoryPath, parsePlatform, printPlatform } from '../oci/index.ts';
import type { BuildRequest } from '../request/index.ts';
import { type Tag, tagBuildArgs, uniqueTagValues } from '../tags/index.ts';
import { type NamedValue, resolveBuildArgs } from './build-args.ts';
import type { BuildOrigin } from './build-origin.ts';
import type { BuildPlan } from './build-plan.ts';
import { parseBuildSecret } from './build-secret.ts';
import { planCacheLogin } from './cache-login.ts';
import { cacheReferences } from './cache-references.ts';
import { cacheTier } from './cache-tier.ts';
import { checkoutPath } from './checkout-path.ts';
import { goModuleArgs, goModuleSecrets } from './go-modules.ts';
import { planNodes } from './plan-nodes.ts';
import { planPolicy } from './plan-policy.ts';
import { planReuse } from './plan-reuse.ts';
import { planTags } from './plan-tags.ts';
import { repositoryName } from './repository-name.ts';

export interface PlanInputs {
  readonly request: BuildRequest;
  readonly source: SourceState;
  readonly origin: BuildOrigin;
  readonly settings: Settings;
  /** For build args without a value and for allow-listed `.Env` names. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** buildx builder that somebody named. */
  readonly builder?: string | undefined;
  /** Text of the Dockerfile, where it is at hand. */
  readonly untrustedDockerfile?: string | undefined;
  /** The one reading of the clock of this build. */
  readonly now: Date;
}

/**
 * Makes every decision of a build from what the caller asks, what is being built and what the configuration says.
 * Pure: no engine, no network, no credentials, no file system. Throws for a request that cannot be carried out.
 */
export function planBuild(inputs: PlanInputs): BuildPlan {
  const { request, source, settings } = inputs;
  const name = imageName(request, source);
  const tags = planTags({ ...inputs, requested: request });
  const { destinations, signing, ...policy } = planPolicy({ ...inputs, imageName: name });
  const image = planImage(request, name);
  const platforms = planPlatforms(request, settings);
  const buildArgs = planBuildArgs(inputs, tags);
  const buildContexts = request.buildContexts.map(namedContext);
  const built = { image, platforms, buildArgs, buildContexts };
  const tier = cacheTier(source.event, settings.policy === undefined || signing.kind === 'signed-by');
  const epoch = settings.reproducible ? Math.floor(source.commitTime.getTime() / 1000) : undefined;
  return deepFreeze({
    version: 1,
    source: planSource(inputs),
    ...built,
    nodes: planBuildNodes(inputs, built, { policy, tier }),
    ...planCacheLogin(tier, settings.cache),
    secrets: planSecrets(request, settings),
    labels: planLabels({ source, name, tags, created: epoch === undefined ? inputs.now : source.commitTime }),
    tags,
    destinations,
    signing,
    policy,
    attestations: { provenance: epoch === undefined ? settings.provenance : 'off', sbom: settings.sbom },
    compression: settings.compression,
    ...(epoch === undefined ? {} : { sourceDateEpoch: epoch }),
    noCache: request.noCache,
    ...planReuse({ ...inputs, tags, signing, built }),
    timeouts: { build: settings.buildTimeout, publish: settings.publishTimeout },
    created: rfc3339(inputs.now),
  });
}

function imageName(request: BuildRequest, source: SourceState): string {
  const name = request.name ?? source.name.toLowerCase();
  if (isRepositoryPath(name)) return name;
  const message = `image name "${name}" is not allowed in a registry`;
  const hint =
    'lower-case letters and digits, with single ".", "_", "-" or "/" between them; give one with --name';
  throw new ImageBuilderError('request.invalid', message, { field: 'name' }, { hint });
}

function planSource({ source, origin }: PlanInputs): BuildPlan['source'] {
  const { event, commitSha, ref, pullRequest, dirty, url } = source;
  const run = attestedRun(origin);
  return {
    event,
    repository: repositoryName(source),
    commit: commitSha,
    ...(ref === undefined ? {} : { ref }),
    ...(pullRequest === undefined ? {} : { pullRequest }),
    dirty,
    ...(url === undefined ? {} : { url }),
    ...(run === undefined ? {} : { run }),
  };
}

/** It gets signed, so that nobody's word counts but the token's. */
function attestedRun(origin: BuildOrigin): string | undefined {
  if (origin.kind === 'local') return undefined;
  const { runId, buildNumber } = origin.checked.caller.claims;
  return runId ?? buildNumber;
}

function planImage(request: BuildRequest, name: string): BuildPlan['image'] {
  return {
    name,
    dockerfile: checkoutPath(request.dockerfile, 'dockerfile'),
    context: checkoutPath(request.context, 'context'),
    ...(request.target === undefined || request.target === '' ? {} : { target: request.target }),
  };
}

function planPlatforms(request: BuildRequest, settings: Settings): readonly string[] {
  const asked = request.platforms.flatMap((text) => text.split(/[,\s]+/)).filter((text) => text !== '');
  const platforms = (asked.length > 0 ? asked : settings.platforms).map((text) => {
    const platform = parsePlatform(text);
    if (platform !== undefined) return printPlatform(platform);
    const hint = 'expected os/architecture[/variant], for example linux/arm64';
    throw new ImageBuilderError(
      'request.invalid',
      `platform "${text}" is not understood`,
      { field: 'platform' },
      { hint },
    );
  });
  return [...new Set(platforms)];
}

type Built = Pick<BuildPlan, 'image' | 'platforms' | 'buildArgs' | 'buildContexts'>;

/** Where each platform is built, and what is kept there from one build to the next. */
function planBuildNodes(
  { settings, builder, untrustedDockerfile }: PlanInputs,
  built: Built,
  { policy, tier }: Pick<BuildPlan, 'policy'> & { readonly tier: string },
): BuildPlan['nodes'] {
  const { builderNodes: nodes, cache } = settings;
  const { builderNodes: allowed, rule } = policy;
  const question = { ...built, nodes, allowed, rule, named: builder, untrustedDockerfile };
  const shared = { tier, imageName: built.image.name, cache };
  return planNodes(question).map((node) => ({
    ...node,
    cache: cacheReferences({ ...shared, platforms: node.platforms }),
  }));
}

function planBuildArgs(
  { request, source, settings, environment }: PlanInputs,
  tags: readonly Tag[],
): readonly NamedValue[] {
  const exported = request.exportTags ? tagBuildArgs(tags) : [];
  const modules = goModuleArgs(request, settings);
  const fixed: NamedValue[] = [['BUILD_COMMIT_SHA', source.commitSha], ...exported, ...modules];
  return resolveBuildArgs({ requested: request.buildArgs, environment, fixed });
}

function planSecrets(request: BuildRequest, settings: Settings): BuildPlan['secrets'] {
  const asked = request.secrets.map(parseBuildSecret);
  return [...asked, ...goModuleSecrets(request, settings, asked)];
}

function namedContext(text: string): NamedValue {
  const split = text.indexOf('=');
  const name = text.slice(0, Math.max(split, 0));
  if (/^[a-z0-9][a-z0-9._/:@-]*$/i.test(name))
    return [name, checkoutPath(text.slice(split + 1), 'build-context')];
  const message = `build context "${text}" has no valid name`;
  throw new ImageBuilderError(
    'request.invalid',
    message,
    { field: 'build-context' },
    { hint: 'expected NAME=DIR' },
  );
}

interface LabelFacts {
  readonly source: SourceState;
  readonly name: string;
  readonly tags: readonly Tag[];
  readonly created: Date;
}

/** The keys that OCI image specification v1.1 defines. The version is the caller's first tag, or the default one. */
function planLabels({ source, name, tags, created }: LabelFacts): Readonly<Record<string, string>> {
  const [defaultTag, firstAsked] = uniqueTagValues(tags);
  return {
    'org.opencontainers.image.created': rfc3339(created),
    'org.opencontainers.image.revision': source.commitSha,
    ...(source.url === undefined ? {} : { 'org.opencontainers.image.source': source.url }),
    'org.opencontainers.image.title': name,
    'org.opencontainers.image.version': firstAsked ?? defaultTag ?? '',
  };
}
