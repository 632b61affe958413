import { describe, expect, test } from 'vitest';
import { ImageBuilderError } from '../core/index.ts';
import type { BuildNode } from '../plan/index.ts';
import type { ProgressEvent } from '../progress/index.ts';
import type { Run } from './run.ts';
import { usableCaches } from './usable-caches.ts';

const [own, trusted] = ['reg.example/cache/own/app:linux', 'reg.example/cache/trusted/app:linux'];
const whole = { layers: [], steps: [] };
const damaged = new ImageBuilderError('registry.corrupt', 'is no cache of layers', { url: own });

/** What is used of these references, and what is said of the others. */
async function look(
  places: Readonly<Record<string, object>>,
  { noCache = false, references = [own, trusted] } = {},
) {
  const warnings: string[] = [];
  const checkCache = async (reference: string) => {
    const found = places[reference];
    if (found instanceof Error) throw found;
    return found;
  };
  const emit = (event: ProgressEvent) => {
    if (event.kind === 'notice' && event.level === 'warning') warnings.push(event.message);
  };
  const run = { plan: { noCache }, ports: { checkCache }, emit } as unknown as Run;
  const node = { cache: { import: references } } as unknown as BuildNode;
  const used = await usableCaches(run, node, new AbortController().signal);
  return { used: used?.map(({ reference }) => reference), warnings };
}

describe('caches of layers', () => {
  test('are used where they are whole', async () => {
    expect(await look({ [own]: whole, [trusted]: whole })).toEqual({ used: [own, trusted], warnings: [] });
    expect(await look({ [trusted]: whole })).toEqual({ used: [trusted], warnings: [] });
  });

  test('are one warning where there are none', async () => {
    const message = `layers are not taken from the cache: there is none yet at ${own} or ${trusted}`;
    expect(await look({})).toEqual({ used: [], warnings: [message] });
  });

  test('are one warning where they are damaged', async () => {
    const message = 'layers are not taken from the cache: is no cache of layers';
    expect(await look({ [own]: damaged })).toEqual({ used: [], warnings: [message] });
    expect(await look({ [own]: damaged, [trusted]: whole })).toEqual({
      used: [trusted],
      warnings: [message],
    });
  });

  test('are not used at all where the registry refuses', async () => {
    const refused = new ImageBuilderError('registry.refused', 'refused', {
      method: 'GET',
      url: own,
      status: 403,
    });
    expect(await look({ [own]: refused })).toEqual({
      used: undefined,
      warnings: ['the cache is not used: refused'],
    });
  });

  test('are not missed where none are kept, nor by a build that begins with nothing on purpose', async () => {
    expect(await look({}, { references: [] })).toEqual({ used: [], warnings: [] });
    expect(await look({}, { noCache: true })).toEqual({ used: [], warnings: [] });
  });
});
