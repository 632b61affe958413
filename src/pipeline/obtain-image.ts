import { layoutMaterials } from '../buildkit/index.ts';
import { isFailure } from '../core/index.ts';
import { restrictsBases } from '../policy/index.ts';
import type { ImageLayout } from '../registry/index.ts';
import { imageFolder } from './build-job.ts';
import { buildOnNodes } from './build-on-nodes.ts';
import { withAdvice } from './give-advice.ts';
import { placeGoNetrc } from './go-netrc.ts';
import type { Run } from './run.ts';
import { together } from './together.ts';

/** The image of the plan: one that an earlier run could not publish, or else a new one. */
export async function obtainImage(run: Run): Promise<void> {
  const kept = await run.kept.find(run.plan);
  if (kept === undefined || !(await resume(run, kept))) await build(run);
}

async function resume(run: Run, directory: string): Promise<boolean> {
  const layout = await readKept(run, directory);
  if (layout === undefined || !(await tellsBases(run, layout))) return false;
  const message =
    'going on with the image of an earlier run, which could not be published; --no-cache builds it again';
  run.emit({ kind: 'notice', level: 'info', message });
  run.record.image = { directory, layout, resumed: true };
  return true;
}

/** The engine's record of the earlier build is out of reach: without provenance the image is built again. */
async function tellsBases({ plan }: Run, layout: ImageLayout): Promise<boolean> {
  return !restrictsBases(plan.policy.bases) || (await layoutMaterials(layout)) !== undefined;
}

async function readKept({ ports, kept }: Run, directory: string): Promise<ImageLayout | undefined> {
  try {
    return await ports.readLayout(directory);
  } catch (error) {
    if (!isFailure(error, 'registry.corrupt')) throw error;
    await kept.drop(directory);
    return undefined;
  }
}

async function build(run: Run): Promise<void> {
  const { plan, ports, record, signal, stages } = run;
  const title = `building ${plan.image.name} for ${plan.platforms.join(', ')}`;
  await stages.run('build', title, async () => {
    const repositories = plan.destinations.map(({ push }) => push);
    await using _ = await placeGoNetrc(run);
    // That we may not push is better known now than after an hour of building.
    await withAdvice(run, async () => {
      [record.builds] = await together(
        signal,
        (shared) => buildOnNodes(run, shared),
        (shared) => ports.checkPush(repositories, shared),
      );
    });
    const directory = imageFolder(run.workFolder);
    record.image = { directory, layout: await ports.readLayout(directory), resumed: false };
  });
}
