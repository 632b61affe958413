import { humanSeconds, ImageBuilderError, reasonOf, throwIfCancelled, withDeadline } from '../core/index.ts';
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
  const changed = run.record.builds.filter(({ outcome }) =>
    outcome.platforms.some(({ steps, cachedSteps }) => cachedSteps < steps),
  );
  try {
    await Promise.all(changed.flatMap((build) => [build.mounts?.save(run.signal), exportLayers(run, build)]));
  } catch (error) {
    run.emit({ kind: 'notice', level: 'debug', message: `caches are not kept: ${reasonOf(error)}` });
  }
}

async function exportLayers(run: Run, { node }: NodeBuild): Promise<void> {
  const { plan, ports, signal, emit } = run;
  const to = node.cache.export;
  if (to === undefined) return;
  try {
    await withDeadline({ signal, seconds: exportSeconds, late: exportedTooSlowly }, (inTime) =>
      ports.exportCache({ job: buildJob(plan, node, run), to }, inTime),
    );
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
