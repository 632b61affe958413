import { parseReference, printReference, type Reference } from '../oci/index.ts';

export interface MountPlaces {
  /** References whose tags are followed by "-" and the key of a directory; the first that has it counts. */
  readonly read: readonly string[];
  readonly write: string;
}

/** Where one directory is kept. */
export function placeOf(place: string, key: string): Reference {
  const reference = parseReference(key === '' ? place : `${place}-${key}`);
  if (reference === undefined) throw new Error(`"${place}" is no reference`);
  return reference;
}

export function isSameRepository(one: Reference['repository'], other: Reference['repository']): boolean {
  return printReference({ repository: one }) === printReference({ repository: other });
}
