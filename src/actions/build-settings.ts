import { loadSettings, type Settings, shippedConfig } from '../config/index.ts';
import { ImageBuilderError } from '../core/index.ts';
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
  if (settings.adoConfig !== undefined) return { settings, pipeline: settings.adoConfig };
  const hint = 'add "ado-config" with the pipeline that builds';
  const problems = [{ source: path, path: 'ado-config', message: 'no pipeline is configured', hint }];
  throw new ImageBuilderError('config.invalid', `configuration "${path}" is incomplete`, { problems });
}
