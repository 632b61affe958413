import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Run } from '../fakes/azure-devops/runs/run.ts';
import type { ActionStep } from './action-step.ts';
import { holdsSecret, storedContent } from './stored-content.ts';

/** A place, and what was left there. */
export interface Written {
  readonly where: string;
  readonly content: Buffer | string;
}

/** What a step left for the runner, its log included. */
export function writtenByStep(step: ActionStep): readonly Written[] {
  const { stdout, stderr, summary, outputs, state } = step;
  return [
    { where: 'log of the action', content: stdout + stderr },
    { where: 'summary', content: summary },
    { where: 'outputs', content: JSON.stringify(outputs) },
    { where: 'state', content: JSON.stringify(state) },
  ];
}

/** What a run left in the service: timeline, logs, documents, and its parameters, but for the secret variables. */
export function writtenByRun(run: Run): readonly Written[] {
  const logs = run.logs.all.flatMap(({ lines, lineCount }) => [...lines(1, lineCount)]);
  const documents = [...run.artifacts.values()].flatMap(filesBelow);
  return [
    { where: 'parameters of the run', content: JSON.stringify(run.request.templateParameters) },
    { where: 'timeline of the run', content: JSON.stringify(run.timeline.records) },
    { where: 'logs of the run', content: logs.join('\n') },
    ...run.attachments.map(({ content }) => ({ where: 'attachments of the run', content })),
    ...documents.map((path) => ({ where: 'documents of the run', content: readFileSync(path) })),
  ];
}

/** What the registry has of an image and its signatures. */
export async function writtenToRegistry(repository: string, digest: string): Promise<readonly Written[]> {
  const image = await storedContent(repository, digest);
  const signatures = await storedContent(repository, digest.replace(':', '-'));
  const named = (where: string) => (stored: { readonly bytes: Buffer }) => ({ where, content: stored.bytes });
  return [...image.map(named('image')), ...signatures.map(named('signatures'))];
}

/** The places in which a text stands, as it is or encoded. */
export function placesOf(text: string, written: readonly Written[]): readonly string[] {
  const places = written.filter(({ content }) => holdsSecret(content, text)).map(({ where }) => where);
  return [...new Set(places)].toSorted();
}

function filesBelow(path: string): readonly string[] {
  if (!statSync(path).isDirectory()) return [path];
  return readdirSync(path).flatMap((name) => filesBelow(join(path, name)));
}
