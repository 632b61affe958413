import { humanSeconds, ImageBuilderError } from '../core/index.ts';
import { uniqueTagValues } from '../tags/index.ts';
import { withDeadline } from './deadline.ts';
import type { Publication } from './ports.ts';
import type { Run } from './run.ts';
import { signImage } from './sign-image.ts';

/** Brings the image to every repository by digest, has it signed, and only then moves the tags. */
export async function publishImage(run: Run): Promise<void> {
  const { plan, ports, record, signal, stages } = run;
  if (record.image === undefined) return;
  const image: Publication = {
    layout: record.image.layout,
    repositories: plan.destinations.map(({ push }) => push),
  };
  const seconds = plan.timeouts.publish;
  await withDeadline({ signal, seconds, late: () => publishedTooSlowly(seconds) }, async (inTime) => {
    const publisher = ports.openPublisher(inTime);
    const count = image.repositories.length;
    const title = `pushing to ${count === 1 ? 'one repository' : `${count} repositories`}`;
    await stages.run('push', title, async () => {
      record.published = await publisher.publish(image);
    });
    await signImage(run, publisher, image);
    const tags = uniqueTagValues(plan.tags);
    await stages.run('tag', `tagging ${tags.join(', ')}`, () => publisher.moveTags(image, tags));
    record.tagged = true;
  });
}

function publishedTooSlowly(seconds: number): ImageBuilderError {
  const message = `publishing took longer than ${humanSeconds(seconds)}`;
  const hint =
    'run it again: what is there is not sent again; the limit is publish-timeout in the configuration';
  return new ImageBuilderError('publish.incomplete', message, { failed: [], published: [] }, { hint });
}
