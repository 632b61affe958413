import { tmpdir } from 'node:os';
import { ImageBuilderError } from '../core/index.ts';
import { checkBuildFiles, runPipeline } from '../pipeline/index.ts';
import type { BuildPlan } from '../plan/index.ts';
import type { EmitProgress } from '../progress/index.ts';
import type { BuildRequest } from '../request/index.ts';
import type { Backend } from '../submit/index.ts';
import { adviceSettings } from './advice-settings.ts';
import type { Afterwards } from './afterwards.ts';
import type { CommandRun } from './commands.ts';
import { clock } from './connect.ts';
import { openPorts } from './open-ports.ts';
import { type Prepared, planFrom } from './prepare.ts';

/** A build on this machine, of which everything is decided. */
export interface LocalBuild {
  readonly kind: 'here';
  readonly prepared: Prepared;
  readonly request: BuildPlan;
  readonly imageName: string;
}

/** Decides everything of a build on this machine and looks at the files that it needs. */
export async function planHere(
  run: CommandRun,
  prepared: Prepared,
  request: BuildRequest,
): Promise<LocalBuild> {
  const plan = await planFrom(run, prepared, request);
  if (prepared.source.root === '') throw otherCommit(plan.source.commit);
  await checkBuildFiles(prepared.source.root, plan);
  return { kind: 'here', prepared, request: plan, imageName: plan.image.name };
}

export interface LocalTools {
  readonly emit: EmitProgress;
  readonly afterwards: Afterwards;
}

/** Carries a plan out in this process. */
export function localBackend(
  run: CommandRun,
  { prepared }: LocalBuild,
  { emit, afterwards }: LocalTools,
): Backend<BuildPlan> {
  const { source, settings, resolvePath } = prepared;
  return {
    kind: 'local',
    async carryOut(plan, signal) {
      const left = new AsyncDisposableStack();
      afterwards(() => left.disposeAsync());
      const ports = left.use(openPorts({ run, settings, resolvePath, plan, emit }));
      return await runPipeline({
        ...{ plan, ports, emit, clock, signal },
        root: source.root,
        advice: adviceSettings(run, settings, plan),
        temporaryFolder: tmpdir(),
        later: (work) => left.defer(work),
      });
    },
  };
}

function otherCommit(commit: string): ImageBuilderError {
  const message = `commit "${commit}", which the event is about, is not checked out here`;
  const hint =
    'check it out first, for example with the input "ref" of actions/checkout; or name another with --event';
  return new ImageBuilderError('source.invalid', message, { path: '.' }, { hint });
}
