import type { BuildJob } from '../buildkit/index.ts';
import { humanBytes, reasonOf, throwIfCancelled } from '../core/index.ts';
import { restrictsBases } from '../policy/index.ts';
import type { Run } from './run.ts';

/**
 * Brings the layers of what one node has built to the registries while others still build. Where policy may yet refuse
 * what the image is built on, nothing leaves before that is known. That it does not work is no fault of the build: the
 * push says what is wrong.
 */
export async function sendAhead(
  { plan, ports, record, emit }: Pick<Run, 'plan' | 'ports' | 'record' | 'emit'>,
  { outputDir, node }: Pick<BuildJob, 'outputDir' | 'node'>,
  signal: AbortSignal,
): Promise<void> {
  if (restrictsBases(plan.policy.bases)) return;
  const repositories = plan.destinations.map(({ push }) => push);
  try {
    const layout = await ports.readLayout(outputDir);
    const sent = await ports.openPublisher(signal).send({ layout, repositories });
    record.sent = [...record.sent, ...sent];
    const bytes = sent.reduce((sum, each) => sum + each.bytes, 0);
    const message = `sent ahead while others build: ${humanBytes(bytes)} of ${node}`;
    emit({ kind: 'notice', level: 'info', message });
  } catch (error) {
    throwIfCancelled(signal);
    emit({ kind: 'notice', level: 'debug', message: `nothing is sent ahead: ${reasonOf(error)}` });
  }
}
