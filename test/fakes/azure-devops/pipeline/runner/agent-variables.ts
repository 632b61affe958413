import { dirname, join } from 'node:path';
import type { JobFolders } from './job-run.ts';
import type { JobOrder } from './run-job.ts';

/** The variables that an agent gives to a job. */
export function agentVariables(
  { job, stage, leg, record }: JobOrder,
  { workerName, folders }: { readonly workerName: string; readonly folders: JobFolders },
): ReadonlyMap<string, string> {
  const { workspace, sources, temporary } = folders;
  const work = dirname(workspace);
  return new Map([
    ['Pipeline.Workspace', workspace],
    ['Agent.BuildDirectory', workspace],
    ['Agent.HomeDirectory', dirname(work)],
    ['Agent.WorkFolder', work],
    ['Agent.TempDirectory', temporary],
    ['Agent.ToolsDirectory', join(work, '_tool')],
    ['Agent.Id', '1'],
    ['Agent.Name', workerName],
    ['Agent.MachineName', 'emulator'],
    ['Agent.OS', 'Linux'],
    ['Agent.OSArchitecture', 'X64'],
    ['Agent.JobName', record.name],
    ['Agent.JobStatus', 'Succeeded'],
    ['Build.SourcesDirectory', sources],
    ['Build.BinariesDirectory', join(workspace, 'b')],
    ['Build.ArtifactStagingDirectory', join(workspace, 'a')],
    ['Build.StagingDirectory', join(workspace, 'a')],
    ['System.DefaultWorkingDirectory', sources],
    ['System.ArtifactsDirectory', join(workspace, 'a')],
    ['System.StageName', stage.name],
    ['System.StageDisplayName', stage.displayName],
    ['System.StageAttempt', '1'],
    ['System.PhaseName', job.name],
    ['System.PhaseDisplayName', job.displayName],
    ['System.PhaseAttempt', '1'],
    ['System.JobName', leg ?? '__default'],
    ['System.JobDisplayName', record.name],
    ['System.JobAttempt', '1'],
    ['System.JobId', record.id],
    ['System.HostType', 'build'],
  ]);
}
