import { humanSeconds, ImageBuilderError, withDeadline } from '../core/index.ts';
import { printRepository } from '../oci/index.ts';
import type { BuildPlan } from '../plan/index.ts';
import type { ImageContent, PublishedRepository, SentBlobs } from '../registry/index.ts';
import { uniqueTagValues } from '../tags/index.ts';
import { platformImages } from './platform-images.ts';
import type { Publisher, PushedImage } from './ports.ts';
import { keepFingerprint } from './reuse/keep-fingerprint.ts';
import type { Run } from './run.ts';
import { imageOf } from './run-record.ts';
import { type Signing, signImage } from './sign-image.ts';

/** Brings the image to every repository by digest, has it signed, and only then moves the tags. */
export async function publishImage(run: Run): Promise<void> {
  const { plan, ports, signal } = run;
  await inPublishTime(plan, signal, async (inTime) => {
    const image = await pushImage(run, inTime);
    await signAndTag(run, ports.openPublisher(inTime), image);
    await keepFingerprint(run, image, inTime);
  });
}

/** Brings the image to every repository by digest, and no further. */
export async function pushOnly(run: Run): Promise<void> {
  await inPublishTime(run.plan, run.signal, async (inTime) => {
    await pushImage(run, inTime);
  });
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

/** The part of a run that brings an image to where it belongs. */
type Pushing = Pick<Run, 'plan' | 'record' | 'stages'> & {
  readonly ports: Pick<Run['ports'], 'openEarlierImages' | 'openPublisher'>;
};

/** Brings the image to every repository, under no tag: nobody finds it yet. */
export async function pushImage(
  { plan, stages, record, ports }: Pushing,
  signal: AbortSignal,
): Promise<PushedImage> {
  const content = imageOf(record);
  if (content === undefined) throw new Error('there is no image');
  const repositories = plan.destinations.map(({ push }) => push);
  const count = repositories.length === 1 ? 'one repository' : `${repositories.length} repositories`;
  const { reuse, image } = record;
  await stages.run('push', `pushing to ${count}`, async () => {
    if (reuse?.kind === 'reused')
      record.published = await ports.openEarlierImages(signal).copy(reuse.image, repositories);
    else if (image !== undefined)
      record.published = withSent(
        await ports.openPublisher(signal).publish({ layout: image.layout, repositories }),
        record.sent,
      );
  });
  return pushedImage(content, plan);
}

/** What was uploaded includes what went ahead. */
function withSent(
  published: readonly PublishedRepository[],
  sent: readonly SentBlobs[],
): readonly PublishedRepository[] {
  return published.map((each) => {
    const name = printRepository(each.repository);
    const ahead = sent.filter(({ repository }) => printRepository(repository) === name);
    return { ...each, uploadedBytes: ahead.reduce((sum, { bytes }) => sum + bytes, each.uploadedBytes) };
  });
}

/** The image in every repository gets its signatures first and its names last. */
export async function signAndTag(run: Signing, publisher: Publisher, image: PushedImage): Promise<void> {
  const { plan, record, stages } = run;
  await signImage(run, publisher, image);
  const tags = uniqueTagValues(plan.tags);
  await stages.run('tag', `tagging ${tags.join(', ')}`, () => publisher.moveTags(image, tags));
  record.tagged = true;
}

/** The root is the last of its manifests. */
function pushedImage(content: ImageContent, { platforms, destinations }: BuildPlan): PushedImage {
  const root = content.manifests.at(-1);
  if (root === undefined) throw new Error('an image without manifests');
  return {
    root,
    platforms: platformImages(content, platforms),
    repositories: destinations.map(({ push }) => push),
  };
}

function publishedTooSlowly(seconds: number): ImageBuilderError {
  const message = `publishing took longer than ${humanSeconds(seconds)}`;
  const hint =
    'run it again: what is there is not sent again; the limit is publish-timeout in the configuration';
  return new ImageBuilderError('publish.incomplete', message, { failed: [], published: [] }, { hint });
}
