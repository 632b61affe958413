import { describe, expect, test } from 'vitest';
import { digestOf } from '../oci/index.ts';
import { type Choice, chooseContent } from './choose-content.ts';
import type { ListedName } from './listing.ts';
import { layerDescriptor, type SavedMount } from './saved-mount.ts';

const megabyte = 2 ** 20;

/** "f changed 10 ./a": type, state, size; used in this order, the first longest ago. */
function listing(...lines: readonly string[]): readonly ListedName[] {
  return lines.map((line, used) => {
    const [type = '', state, size, name = ''] = line.split(' ');
    return { name, type, size: Number(size), used, changed: state === 'changed' };
  });
}

function saved(names: Readonly<Record<string, string>>, layers: readonly number[] = [1000]): SavedMount {
  return {
    digest: digestOf('manifest'),
    repository: { registry: 'reg.example', path: 'cache' },
    layers: layers.map((size, at) => layerDescriptor(digestOf(`${at}`), size)),
    state: { names: new Map(Object.entries(names)), dead: [] },
  };
}

const hundred = Object.fromEntries(Array.from({ length: 100 }, (_, at) => [`./${at}`, 'f']));
const kept = Object.keys(hundred).map((name) => `f kept 1000 ${name}`);

function choose(choice: Partial<Choice>) {
  const nothing = { listed: [], base: undefined, otherSaved: false, maxBytes: megabyte, seeded: false };
  return chooseContent({ ...nothing, ...choice });
}

describe('a directory that nothing was restored to', () => {
  test('is saved whole', () => {
    const names = new Map(Object.entries({ '.': 'd', './a': 'f', './b': 'l' }));
    const listed = listing('d changed 0 .', 'f changed 5 ./a', 'l changed 1 ./b');
    expect(choose({ listed })).toMatchObject({ kind: 'whole', names: [...names.keys()], state: { names } });
  });

  test('is not saved when it is empty', () => {
    expect(choose({ listed: listing('d changed 0 .') })).toBeUndefined();
  });

  test('is saved in place of what it did not begin with only when it changed', () => {
    expect(choose({ listed: listing('f kept 5 ./a'), otherSaved: true })).toBeUndefined();
    expect(choose({ listed: listing('f changed 5 ./a'), otherSaved: true })).toMatchObject({ kind: 'whole' });
  });
});

describe('a directory that was restored', () => {
  test('is left as it is when nothing changed', () => {
    expect(choose({ base: saved(hundred), listed: listing(...kept) })).toBeUndefined();
  });

  test('is not saved for the time of a folder', () => {
    const base = saved({ ...hundred, './dir': 'd', '.': 'd' });
    expect(choose({ base, listed: listing('d changed 0 .', 'd changed 0 ./dir', ...kept) })).toBeUndefined();
  });

  test('is saved by what changed, what is new, and what is gone', () => {
    const listed = listing(...kept.slice(1), 'f changed 1 ./5', 'd changed 0 ./new', 'f kept 1 ./moved');
    expect(choose({ base: saved(hundred), listed })).toMatchObject({
      kind: 'delta',
      names: ['./5', './new', './moved'],
      state: { dead: ['./0'] },
    });
  });

  test('is saved when only something is gone', () => {
    const listed = listing(...kept.slice(1));
    expect(choose({ base: saved(hundred), listed })).toMatchObject({ state: { dead: ['./0'] } });
  });

  test.each<readonly [string, Partial<Choice>]>([
    ['has ten layers', { base: saved(hundred, [1000, ...Array<number>(9).fill(1)]) }],
    ['has deltas of more than a quarter', { base: saved(hundred, [1000, 251]) }],
    ['changed by more than a quarter', { listed: listing(...kept, 'f changed 40000 ./new') }],
    ['has a folder where a file was', { listed: listing(...kept.slice(1), 'd changed 0 ./0') }],
    ['lost more than a quarter of its names', { listed: listing(...kept.slice(30), 'f changed 1 ./new') }],
  ])('is saved whole when it %s', (_, choice) => {
    const listed = listing(...kept, 'f changed 1 ./new');
    expect(choose({ base: saved(hundred), listed, ...choice })).toMatchObject({
      kind: 'whole',
      state: { dead: [] },
    });
  });

  test('is saved whole when a name came back from the dead', () => {
    const { state, ...base } = saved(hundred);
    const listed = listing(...kept, 'f changed 1 ./back');
    const revived = { ...base, state: { ...state, dead: ['./back'] } };
    expect(choose({ base: revived, listed })).toMatchObject({ kind: 'whole' });
  });
});

describe('a directory that has grown too large', () => {
  test('loses the least recently used files, and keeps room for the next ones', () => {
    const files = Array.from({ length: 12 }, (_, at) => `f changed ${megabyte / 10} ./${at}`);
    const names = ['.', ...[5, 6, 7, 8, 9, 10, 11].map((at) => `./${at}`)];
    expect(choose({ listed: listing('d changed 0 .', ...files) })).toMatchObject({ kind: 'whole', names });
  });

  test('is not saved when it began with files of which it may lack none', () => {
    const listed = listing('d changed 0 .', `f changed ${megabyte} ./a`);
    expect(choose({ listed, seeded: true })).toBe('too-large');
  });
});
