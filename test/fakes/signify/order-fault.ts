/** What is wrong with the body of an order; undefined when nothing is. Knows nothing of the product's own types. */
export function orderFault(body: string): string | undefined {
  let value: unknown;
  try {
    value = JSON.parse(body);
  } catch {
    return 'not JSON';
  }
  return shapeFault(value, 'order', { trustedCollections: listOf(collectionFault) });
}

type Check = (value: unknown, name: string) => string | undefined;

const collectionFault: Check = (value, name) =>
  shapeFault(value, name, {
    gun: matching(/^[a-z0-9.-]+(?::[0-9]+)?(?:\/[a-z0-9._-]+)+$/),
    targets: listOf(targetFault),
  });

const targetFault: Check = (value, name) =>
  shapeFault(value, name, {
    name: matching(/^[A-Za-z0-9_][A-Za-z0-9._-]{0,127}$/),
    byteSize: (size, at) => (Number.isInteger(size) && Number(size) > 0 ? undefined : `${at} is no size`),
    digest: matching(/^[0-9a-f]{64}$/),
  });

function shapeFault(
  value: unknown,
  name: string,
  shape: Readonly<Record<string, Check>>,
): string | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return `${name} is no object`;
  const [given, wanted] = [Object.keys(value).toSorted(), Object.keys(shape).toSorted()];
  if (given.join() !== wanted.join())
    return `${name} has ${given.join(', ')} instead of ${wanted.join(', ')}`;
  const held = new Map(Object.entries(value));
  return Object.entries(shape)
    .map(([key, check]) => check(held.get(key), `${name}.${key}`))
    .find((fault) => fault !== undefined);
}

function listOf(check: Check): Check {
  return (value, name) => {
    if (!Array.isArray(value) || value.length === 0) return `${name} is no list of anything`;
    return value.map((entry, at) => check(entry, `${name}[${at}]`)).find((fault) => fault !== undefined);
  };
}

function matching(pattern: RegExp): Check {
  return (value, name) =>
    typeof value === 'string' && pattern.test(value) ? undefined : `${name} is not right`;
}
