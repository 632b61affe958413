/** What an expression can be; mappings keep the order and the spelling of their keys. */
export type Value = null | boolean | number | string | readonly Value[] | ReadonlyMap<string, Value>;

export type Dictionary = ReadonlyMap<string, Value>;

export function isDictionary(value: Value): value is Dictionary {
  return value instanceof Map;
}

export function isArray(value: Value): value is readonly Value[] {
  return Array.isArray(value);
}

/** Keys are found whatever their case. */
export function lookUp(dictionary: Dictionary, key: string): Value {
  const exact = dictionary.get(key);
  if (exact !== undefined) return exact;
  const lower = key.toLowerCase();
  for (const [name, value] of dictionary) if (name.toLowerCase() === lower) return value;
  return null;
}

/** As a value stands in a text: booleans with a capital, nothing for null. `undefined`: it cannot be one. */
export function asText(value: Value): string | undefined {
  if (value === null) return '';
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  if (typeof value === 'number') return String(value);
  return typeof value === 'string' ? value : undefined;
}

/** A text is true unless it is empty, whatever it says: `eq(true, 'false')` holds. */
export function asBoolean(value: Value): boolean {
  return value !== null && value !== false && value !== 0 && value !== '';
}

/** `undefined`: it is no number. */
export function asNumber(value: Value): number | undefined {
  if (value === null) return 0;
  if (typeof value === 'boolean') return value ? 1 : 0;
  if (typeof value === 'number') return value;
  if (typeof value !== 'string') return undefined;
  const text = value.trim();
  if (text === '') return 0;
  return /^[-+]?(?:\d+\.?\d*|\.\d+)$/.test(text) ? Number(text) : undefined;
}

/** Compares after turning the right one into the kind of the left one; texts whatever their case. */
export function areEqual(left: Value, right: Value): boolean {
  if (left === null) return right === null || right === '';
  if (typeof left === 'boolean') return left === asBoolean(right);
  if (typeof left === 'number') return left === asNumber(right);
  if (typeof left === 'string') return left.toLowerCase() === asText(right)?.toLowerCase();
  return left === right;
}

/** Below, at or above zero; `undefined` when the two cannot be compared. */
export function compare(left: Value, right: Value): number | undefined {
  if (typeof left === 'string') {
    const text = asText(right);
    if (text === undefined) return undefined;
    const [a, b] = [left.toLowerCase(), text.toLowerCase()];
    return a < b ? -1 : Number(a > b);
  }
  const [a, b] = [asNumber(left), asNumber(right)];
  return a === undefined || b === undefined ? undefined : a - b;
}

/** Plain data for JSON. */
export function asJson(value: Value): unknown {
  if (isArray(value)) return value.map(asJson);
  return isDictionary(value)
    ? Object.fromEntries([...value].map(([key, item]) => [key, asJson(item)]))
    : value;
}
