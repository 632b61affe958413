import { nearestHint, type ProblemList } from './problem-list.ts';

/** A value of a JSON document with its place. Reading reports what is wrong and goes on with something empty. */
export interface Place {
  readonly value: unknown;
  readonly path: string;
  readonly list: ProblemList;
}

/** The members of an object that may have these names and no others; null is the same as absent, as in Go. */
export function readMembers<K extends string>(place: Place, names: readonly K[]): Readonly<Record<K, Place>> {
  const { value, path, list } = place;
  const object = isObject(value) ? value : {};
  if (!isObject(value)) list.add(path, { message: 'expected an object' });
  for (const name of Object.keys(object)) {
    if (!(names as readonly string[]).includes(name))
      list.add(path, {
        message: `unknown name "${name}", expected ${names.join(', ')}`,
        ...nearestHint(name, names),
      });
  }
  const members = names.map((name) => {
    const member = Object.hasOwn(object, name) ? (object[name] ?? undefined) : undefined;
    return [name, { value: member, path: path === '' ? name : `${path}.${name}`, list }] as const;
  });
  return Object.fromEntries(members) as Record<K, Place>;
}

/** The items of a list; an absent one has none. */
export function readItems({ value, path, list }: Place): readonly Place[] {
  if (value === undefined) return [];
  if (Array.isArray(value)) return value.map((item, at) => ({ value: item, path: `${path}[${at}]`, list }));
  list.add(path, { message: 'expected a list' });
  return [];
}

/** A text; absent ones are empty. */
export function readText({ value, path, list }: Place): string {
  if (typeof value === 'string') return value;
  if (value !== undefined) list.add(path, { message: 'expected a text' });
  return '';
}

/** One of these words; the first of them stands in for a wrong one. */
export function readWord<W extends string>(place: Place, words: readonly [W, ...W[]]): W {
  const text = readText(place);
  const word = words.find((candidate) => candidate === text);
  if (word !== undefined) return word;
  const message = `expected one of ${words.join(', ')}, got "${text}"`;
  place.list.add(place.path, { message, ...nearestHint(text, words) });
  return words[0];
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
