import type { Settings } from '../config/index.ts';
import { ImageBuilderError } from '../core/index.ts';

/** The pipeline that a configuration names. Throws `config.invalid` with the file and the way out when it names none. */
export function requirePipeline(
  { adoConfig }: Pick<Settings, 'adoConfig'>,
  file: string,
  hint = 'add "ado-config" with the pipeline that builds',
): NonNullable<Settings['adoConfig']> {
  if (adoConfig !== undefined) return adoConfig;
  const problems = [{ source: file, path: 'ado-config', message: 'no pipeline is configured', hint }];
  throw new ImageBuilderError('config.invalid', `configuration "${file}" is incomplete`, { problems });
}
