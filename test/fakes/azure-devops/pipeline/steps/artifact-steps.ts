import { cp, mkdir, stat } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import type { DownloadStep, PublishStep } from '../model/pipeline.ts';
import type { StepRun } from '../runner/step-run.ts';
import { expandInput } from './run-script.ts';

/** Keeps a file, or what is in a folder, as an artifact of the run. */
export async function runPublish(step: PublishStep, { job, context }: StepRun): Promise<void> {
  const { environment, folders } = job.parts;
  const { run, directory } = environment;
  const name = expandInput(step.artifact, job) || `${job.parts.identifier}.${run.artifacts.size + 1}`;
  const path = resolve(folders.sources, expandInput(step.path, job));
  const found = await stat(path).catch(() => undefined);
  if (found === undefined) return failStep(context, `Path does not exist: ${path}`);
  if (/[\\/":<>|*?]/.test(name)) return failStep(context, `Artifact name is not valid: ${name}.`);
  if (run.artifacts.has(name))
    return failStep(context, `Artifact ${name} already exists for build ${run.id}.`);
  const target = join(directory, 'artifacts', name);
  run.artifacts.set(name, target);
  await mkdir(target, { recursive: true });
  await cp(path, found.isDirectory() ? target : join(target, basename(path)), { recursive: true });
  context.task.print(`Uploading pipeline artifact from ${path} for build #${run.id}`);
  context.task.print(`Associated artifact ${name} with build ${run.id}`);
}

/** Puts one artifact, or each of them, into a folder of its name below the workspace. */
export async function runDownload(step: DownloadStep, { job, context }: StepRun): Promise<void> {
  const { environment, folders } = job.parts;
  const { artifacts, id } = environment.run;
  const wanted = step.artifact === undefined ? undefined : expandInput(step.artifact, job);
  if (wanted !== undefined && !artifacts.has(wanted))
    return failStep(context, `Artifact ${wanted} was not found for build ${id}.`);
  for (const [name, source] of artifacts) {
    if (wanted !== undefined && name !== wanted) continue;
    const target = join(folders.workspace, name);
    await cp(source, target, { recursive: true });
    context.task.print(`Downloaded artifact ${name} to ${target}`);
  }
}

function failStep({ task }: StepRun['context'], message: string): void {
  task.addIssue({ type: 'error', category: 'General', message, data: { type: 'error' } });
  task.merge('failed');
}
