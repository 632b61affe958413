import { loadSettings, type Settings, shippedConfig } from '../config/index.ts';
import { requirePipeline } from '../submit/index.ts';
import { checkTemplate, checkValidationPattern } from '../tags/index.ts';

type Pipeline = NonNullable<Settings['adoConfig']>;

/** The configuration that names the pipeline: that of the input, or the one that comes with the action. */
export async function loadBuildSettings(
  file: string,
): Promise<{ readonly settings: Settings; readonly pipeline: Pipeline }> {
  const { settings, file: path } = await loadSettings({
    ...{ file: file || undefined, env: {}, checkoutRoot: undefined, shippedConfig: shippedConfig() },
    checks: { checkTemplate, checkPattern: checkValidationPattern },
  });
  return { settings, pipeline: requirePipeline(settings, path) };
}
