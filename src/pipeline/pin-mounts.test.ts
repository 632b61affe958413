import { expect, test } from 'vitest';
import { type Digest, digestOf, type Reference } from '../oci/index.ts';
import type { ProgressEvent } from '../progress/index.ts';
import { pinMounts } from './pin-mounts.ts';
import type { Run } from './run.ts';

const digest = digestOf('image');

async function pin(untrustedImage: string, found: () => Digest | undefined) {
  const events: ProgressEvent[] = [];
  const asked: Reference[] = [];
  const lookUpImage = async (reference: Reference) => {
    asked.push(reference);
    return found();
  };
  const run = { ports: { lookUpImage }, emit: (event: ProgressEvent) => events.push(event) };
  const shared = { sharing: 'shared', target: '/x', line: 1 } as const;
  const from = { untrustedImage, platform: 'linux/amd64', source: '/' };
  const planned = [
    { id: 'plain', ...shared },
    { id: 'seeded', from, ...shared },
  ];
  const pin = await pinMounts(run as unknown as Run, planned, new AbortController().signal);
  const mounts = planned.flatMap((mount) => pin(mount) ?? []);
  return { images: mounts.map((mount) => [mount.id, mount.from?.image]), events, asked: asked.length };
}

test('what a mount begins with is pinned to its digest', async () => {
  expect(await pin('busybox', () => digest)).toEqual({
    images: [
      ['plain', undefined],
      ['seeded', `index.docker.io/library/busybox@${digest}`],
    ],
    ...{ events: [], asked: 1 },
  });
});

test('nobody is asked for an image that is named by its digest', async () => {
  const { images, asked } = await pin(`reg.example/seed:1@${digest}`, () => undefined);
  expect([images[1], asked]).toEqual([['seeded', `reg.example/seed@${digest}`], 0]);
});

test.each<[string, string, () => Digest | undefined, string]>([
  ['is not there', 'reg.example/seed', () => undefined, 'there is no such image'],
  ['is no image', 'UPPER', () => digest, 'there is no such image'],
  [
    'cannot be looked up',
    'reg.example/seed',
    () => {
      throw new Error('refused');
    },
    'refused',
  ],
])('a mount is left out, with a warning, when that %s', async (_, image, found, reason) => {
  const { images, events } = await pin(image, found);
  expect(images).toEqual([['plain', undefined]]);
  expect(events).toMatchObject([
    {
      kind: 'notice',
      level: 'warning',
      message: `cache mounts that begin with "${image}" are not kept: ${reason}`,
    },
  ]);
});
