import type { Settings } from '../config/index.ts';
import { ImageBuilderError } from '../core/index.ts';
import type { Backend } from './backend.ts';
import { requirePipeline } from './require-pipeline.ts';

export interface BackendQuestion {
  /** What the command line says. */
  readonly requested: Settings['backend'] | undefined;
  readonly settings: Pick<Settings, 'backend' | 'adoConfig'>;
  /** Where they are from. */
  readonly file: string;
  /** Whether a CI says what is to be built. */
  readonly inCi: boolean;
  /** Whether this is a run of the pipeline that is configured. */
  readonly inPipeline: boolean;
}

/** Where a build is carried out. Throws `config.invalid` for a pipeline that is not configured, `usage.invalid`. */
export function chooseBackend(question: BackendQuestion): Backend<never>['kind'] {
  const { requested, settings, file, inCi, inPipeline } = question;
  const wanted = requested ?? settings.backend;
  const hasPipeline = settings.adoConfig !== undefined;
  if (wanted === 'auto') return inCi && hasPipeline && !inPipeline ? 'azure-devops' : 'local';
  if (wanted === 'local') return 'local';
  requirePipeline(settings, file, 'add "ado-config", or build on this machine with --backend local');
  if (inPipeline) {
    const message = 'a run of the pipeline that builds would order a run of the same pipeline';
    const hint = 'build on this machine with --backend local';
    throw new ImageBuilderError('usage.invalid', message, { argument: '--backend' }, { hint });
  }
  if (inCi) return 'azure-devops';
  const message = 'a build in Azure DevOps is asked for by a CI, and this is none that is known';
  const hint =
    'it needs the event and the token of a GitHub workflow or a Jenkins build; see --backend local';
  throw new ImageBuilderError('usage.invalid', message, { argument: '--backend' }, { hint });
}
