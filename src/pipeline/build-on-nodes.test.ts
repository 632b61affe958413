import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { writeTestLayout } from '../../test/fakes/registry/open-registries.ts';
import type { BuildJob } from '../buildkit/index.ts';
import { ImageBuilderError } from '../core/index.ts';
import type { ProgressEvent } from '../progress/index.ts';
import { readImageLayout } from '../registry/index.ts';
import { buildOnNodes } from './build-on-nodes.ts';
import type { Publication } from './ports.ts';
import type { Run } from './run.ts';
import { startRecord } from './run-record.ts';

const push = { registry: 'reg.example', path: 'app' };
const arch = ({ platforms: [platform = ''] }: BuildJob) => platform.replace('linux/', '');

interface Setting {
  readonly bases?: object;
  /** What happens to what is sent. */
  readonly send?: (part: Publication) => Promise<readonly { repository: typeof push; bytes: number }[]>;
  /** What the node for arm64 waits for. */
  readonly until?: Promise<void>;
}

/** A build on two nodes, of which the second takes longer. */
async function build({ bases = {}, send = async () => [], until = Promise.resolve() }: Setting) {
  const workFolder = await mkdtemp(join(tmpdir(), 'build-on-nodes-test-'));
  onTestFinished(() => rm(workFolder, { recursive: true }));
  const image = await writeTestLayout();
  const nodes = ['amd64', 'arm64'].map((name) => ({
    name,
    platforms: [`linux/${name}`],
    cache: { import: [] },
  }));
  const plan = {
    ...{
      image: { dockerfile: 'Dockerfile', context: '.' },
      platforms: ['linux/amd64', 'linux/arm64'],
      nodes,
    },
    ...{ buildArgs: [], buildContexts: [], secrets: [], labels: {}, policy: { bases } },
    ...{ attestations: { provenance: 'off', sbom: false }, destinations: [{ push, pull: push }] },
  };
  const events: ProgressEvent[] = [];
  const ports = {
    build: async (job: BuildJob) => {
      if (arch(job) === 'arm64') await until;
      await cp(image.directory, job.outputDir, { recursive: true });
      const manifests = [image.children[arch(job) === 'amd64' ? 0 : 1]];
      await writeFile(join(job.outputDir, 'index.json'), JSON.stringify({ manifests }));
      return { warnings: [] };
    },
    readLayout: readImageLayout,
    openPublisher: () => ({ send }),
  };
  const record = startRecord(new Date(0));
  const emit = (event: ProgressEvent) => events.push(event);
  const run = { root: workFolder, workFolder, plan, ports, record, emit } as unknown as Run;
  await buildOnNodes(run, new AbortController().signal);
  const whole = await readImageLayout(join(workFolder, 'image'));
  return {
    whole,
    record,
    notices: events.flatMap((event) => (event.kind === 'notice' ? [event.message] : [])),
  };
}

describe('what one node has built', () => {
  test('goes to the registry while another builds, and no other goes ahead', async () => {
    const begun = Promise.withResolvers<void>();
    const parts: number[] = [];
    const { whole, record, notices } = await build({
      until: begun.promise,
      send: async ({ layout }) => {
        parts.push(layout.blobs.length);
        begun.resolve();
        return [{ repository: push, bytes: 5_000 }];
      },
    });
    expect(parts).toEqual([3]);
    expect(whole.blobs).toHaveLength(5);
    expect(record.sent).toEqual([{ repository: push, bytes: 5_000 }]);
    expect(notices).toEqual(['sent ahead while others build: 5.0 kB of amd64']);
  });

  test('stays where it is while policy may yet refuse it', async () => {
    const send = () => Promise.reject(new Error('sent'));
    const { record, notices } = await build({ bases: { only: { places: ['reg.example'] } }, send });
    expect([record.sent, notices]).toEqual([[], []]);
  });

  test('is built, whatever becomes of it on the way', async () => {
    const { whole, notices } = await build({ send: () => Promise.reject(new Error('reset')) });
    expect(whole.blobs).toHaveLength(5);
    expect(notices).toEqual(['nothing is sent ahead: reset']);
  });
});

test('a node that fails while others build is named by the failure', async () => {
  const { promise: until, reject } = Promise.withResolvers<void>();
  const send = async () => {
    reject(new ImageBuilderError('engine.failed', 'the engine is gone', {}));
    return [];
  };
  await expect(build({ until, send })).rejects.toThrow(
    expect.objectContaining({ code: 'engine.failed', message: 'on arm64: the engine is gone' }),
  );
});
