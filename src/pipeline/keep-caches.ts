import { join } from 'node:path';
import {
  humanSeconds,
  ImageBuilderError,
  isFailure,
  reasonOf,
  throwIfCancelled,
  withDeadline,
} from '../core/index.ts';
import { parseReference } from '../oci/index.ts';
import { buildJob } from './build-job.ts';
import type { Run } from './run.ts';
import type { NodeBuild } from './run-record.ts';

/** Seconds; a registry that takes longer for layers is not worth waiting for. */
const exportSeconds = 300;

/**
 * Keeps layers and cache mounts of every node for the next build. A build whose every step was cached has changed
 * nothing. Does not throw: what goes wrong is a warning.
 */
export async function keepCaches(run: Run): Promise<void> {
  const changed = run.record.builds.filter(
    ({ outcome, keepsCache }) =>
      keepsCache && outcome.platforms.some(({ steps, cachedSteps }) => cachedSteps < steps),
  );
  try {
    await Promise.all(changed.map((build) => keepCache(run, build)));
  } catch (error) {
    run.emit({ kind: 'notice', level: 'debug', message: `caches are not kept: ${reasonOf(error)}` });
  }
}

async function keepCache(run: Run, build: NodeBuild): Promise<void> {
  const to = build.node.cache.export;
  if (to !== undefined && (await mayWrite(run, to)))
    await Promise.all([saveMounts(run, build), exportLayers(run, build)]);
}

/** Those of the steps that ran, and of those that were expected to. */
async function saveMounts({ signal }: Run, { mounts, outcome }: NodeBuild): Promise<void> {
  if (mounts === undefined) return;
  const { keeper, steps, due } = mounts;
  const ran = steps.filter(
    (step) => due.includes(step) || outcome.runs.some(({ line }) => line === step.line),
  );
  await keeper.save(
    ran.flatMap((step) => step.mounts),
    signal,
  );
}

/** One warning is enough where nothing can be written. */
async function mayWrite({ ports, signal, emit }: Run, to: string): Promise<boolean> {
  const reference = parseReference(to);
  try {
    if (reference !== undefined) await ports.checkCachePush(reference.repository, signal);
    return true;
  } catch (error) {
    throwIfCancelled(signal);
    emit({ kind: 'notice', level: 'warning', message: `nothing is kept in the cache: ${whyNot(error)}` });
    return false;
  }
}

/** Of a token, the message only says where it should be. */
function whyNot(error: unknown): string {
  const problems = isFailure(error, 'config.invalid') ? error.details.problems : [];
  return [reasonOf(error), ...problems.map(({ message }) => message)].join(': ');
}

async function exportLayers(run: Run, { node, mounts }: NodeBuild): Promise<void> {
  const { plan, ports, signal, emit, workFolder } = run;
  const to = node.cache.export;
  if (to === undefined) return;
  const folder = join(workFolder, `docker-${node.name}`);
  try {
    const steps = (mounts?.steps ?? []).flatMap(({ name }) => name ?? []);
    await withDeadline({ signal, seconds: exportSeconds, late: exportedTooSlowly }, async (inTime) => {
      await ports.exportCache({ job: buildJob(plan, node, run), to, folder }, inTime);
      if (steps.length > 0) await ports.keepSteps(to, [...new Set(steps)], inTime);
    });
  } catch (error) {
    throwIfCancelled(signal);
    const message = `layers are not kept in ${to}: ${reasonOf(error)}`;
    emit({ kind: 'notice', level: 'warning', message });
  }
}

function exportedTooSlowly(): ImageBuilderError {
  const message = `it took longer than ${humanSeconds(exportSeconds)}`;
  return new ImageBuilderError('engine.failed', message, {});
}
