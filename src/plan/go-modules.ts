import type { Settings } from '../config/index.ts';
import { ImageBuilderError } from '../core/index.ts';
import type { BuildRequest } from '../request/index.ts';
import type { NamedValue } from './build-args.ts';
import type { BuildSecret } from './build-secret.ts';

/** The id by which a Dockerfile mounts the logins. */
const secretId = 'go-netrc';

type GoModules = NonNullable<Settings['goModules']>;

/** The secret of a build that asks for private Go modules. Throws `request.invalid` when `asked` holds its id. */
export function goModuleSecrets(
  request: BuildRequest,
  settings: Settings,
  asked: readonly BuildSecret[],
): readonly BuildSecret[] {
  if (goModulesOf(request, settings) === undefined) return [];
  if (!asked.some(({ id }) => id === secretId)) return [{ id: secretId, kind: 'go-modules' }];
  const message = `build secret "${secretId}" is made by image-builder`;
  throw new ImageBuilderError(
    'request.invalid',
    message,
    { field: 'secret' },
    { hint: 'give it another id' },
  );
}

/** What `go` has to know about private modules; it is no secret. */
export function goModuleArgs(request: BuildRequest, settings: Settings): readonly NamedValue[] {
  const modules = goModulesOf(request, settings);
  return modules === undefined ? [] : [['GOPRIVATE', modules.private.join(',')]];
}

function goModulesOf({ useGoModules }: BuildRequest, { goModules }: Settings): GoModules | undefined {
  if (!useGoModules || goModules !== undefined) return useGoModules ? goModules : undefined;
  const message = 'private Go modules are asked for, but the configuration has no access to any';
  const hint = 'add "go-modules" to the configuration, or leave --use-go-internal-sap-modules out';
  throw new ImageBuilderError('request.invalid', message, { field: 'use-go-internal-sap-modules' }, { hint });
}
