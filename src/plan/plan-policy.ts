import type { SourceState } from '../ci/index.ts';
import type { Settings } from '../config/index.ts';
import { ImageBuilderError } from '../core/index.ts';
import { type Allowed, type BuildQuestion, decide, denialOf, repositoryBelow } from '../policy/index.ts';
import type { BuildRequest } from '../request/index.ts';
import type { BuildOrigin } from './build-origin.ts';
import { repositoryName } from './repository-name.ts';

export interface PolicyInputs {
  readonly request: BuildRequest;
  readonly source: SourceState;
  readonly origin: BuildOrigin;
  readonly settings: Settings;
  readonly imageName: string;
}

/** Asks policy. Throws `policy.denied` with the rule, or `request.invalid` for a `--registry` that is none. */
export function planPolicy(inputs: PolicyInputs): Allowed {
  checkRegistries(inputs.request.registries, inputs.imageName);
  const verdict = decide(questionOf(inputs), inputs.settings);
  if (verdict.kind === 'allowed') return verdict;
  throw denialOf(verdict);
}

function questionOf({ request, source, origin, imageName }: PolicyInputs): BuildQuestion {
  return {
    origin: origin.kind,
    host: URL.parse(source.url ?? '')?.host,
    repository: repositoryName(source),
    event: source.event,
    ref: source.ref,
    protected: origin.kind === 'remote' ? origin.protectedRef : undefined,
    pullRequest: source.pullRequest,
    commit: source.commitSha,
    imageName,
    restricted: request.useRestrictedRegistry,
    privateGoModules: request.useGoModules,
    registries: request.registries,
  };
}

function checkRegistries(registries: readonly string[], imageName: string): void {
  const wrong = registries.find((registry) => repositoryBelow(registry, imageName) === undefined);
  if (wrong === undefined) return;
  const message = `--registry "${wrong}" is no repository`;
  const hint = 'expected host[:port][/path] in lower case, for example localhost:5000/team';
  throw new ImageBuilderError('request.invalid', message, { field: '--registry' }, { hint });
}
