import { humanSeconds, ImageBuilderError, withDeadline } from '../core/index.ts';
import type { BuildPlan } from '../plan/index.ts';
import type { ImageLayout } from '../registry/index.ts';
import { uniqueTagValues } from '../tags/index.ts';
import { platformImages } from './platform-images.ts';
import type { Publication, Publisher, PushedImage } from './ports.ts';
import type { Run } from './run.ts';
import { type Signing, signImage } from './sign-image.ts';

/** Brings the image to every repository by digest, has it signed, and only then moves the tags. */
export async function publishImage(run: Run): Promise<void> {
  const { plan, record, ports, signal } = run;
  const { image } = record;
  if (image === undefined) return;
  await inPublishTime(plan, signal, async (inTime) => {
    const publisher = ports.openPublisher(inTime);
    const repositories = plan.destinations.map(({ push }) => push);
    await pushImage(run, publisher, { layout: image.layout, repositories });
    await signAndTag(run, publisher, pushedImage(image.layout, plan));
  });
}

/** Brings the image to every repository by digest, and no further. */
export async function pushOnly(run: Run): Promise<void> {
  const { plan, record, ports, signal } = run;
  const { image } = record;
  if (image === undefined) return;
  const repositories = plan.destinations.map(({ push }) => push);
  await inPublishTime(plan, signal, (inTime) =>
    pushImage(run, ports.openPublisher(inTime), { layout: image.layout, repositories }),
  );
}

/** Ends what takes longer than the plan gives to publishing. */
export function inPublishTime(
  { timeouts }: BuildPlan,
  signal: AbortSignal,
  work: (signal: AbortSignal) => Promise<void>,
): Promise<void> {
  const seconds = timeouts.publish;
  return withDeadline({ signal, seconds, late: () => publishedTooSlowly(seconds) }, work);
}

/** Under no tag: nobody finds it yet. */
async function pushImage(
  { stages, record }: Pick<Run, 'stages' | 'record'>,
  publisher: Publisher,
  image: Publication,
): Promise<void> {
  const count = image.repositories.length;
  await stages.run(
    'push',
    `pushing to ${count === 1 ? 'one repository' : `${count} repositories`}`,
    async () => {
      record.published = await publisher.publish(image);
    },
  );
}

/** The image in every repository gets its signatures first and its names last. */
export async function signAndTag(run: Signing, publisher: Publisher, image: PushedImage): Promise<void> {
  const { plan, record, stages } = run;
  await signImage(run, publisher, image);
  const tags = uniqueTagValues(plan.tags);
  await stages.run('tag', `tagging ${tags.join(', ')}`, () => publisher.moveTags(image, tags));
  record.tagged = true;
}

/** A layout's root is the last of its manifests. */
function pushedImage(layout: ImageLayout, { platforms, destinations }: BuildPlan): PushedImage {
  const root = layout.manifests.at(-1);
  if (root === undefined) throw new Error('an image layout without manifests');
  return {
    root,
    platforms: platformImages(layout, platforms),
    repositories: destinations.map(({ push }) => push),
  };
}

function publishedTooSlowly(seconds: number): ImageBuilderError {
  const message = `publishing took longer than ${humanSeconds(seconds)}`;
  const hint =
    'run it again: what is there is not sent again; the limit is publish-timeout in the configuration';
  return new ImageBuilderError('publish.incomplete', message, { failed: [], published: [] }, { hint });
}
