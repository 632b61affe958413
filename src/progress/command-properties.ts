/** What a command tells a CI runner beside its message; absent and empty ones are left out. */
export type CommandProperties = Readonly<Record<string, string | number | undefined>>;

/** The properties behind the name of a command, with a blank before them when there are any. */
export function printProperties(
  properties: CommandProperties,
  { separator, encode }: { readonly separator: string; readonly encode: (text: string) => string },
): string {
  const pairs = Object.entries(properties)
    .filter(([, value]) => value !== undefined && value !== '')
    .map(([key, value]) => `${key}=${encode(String(value))}`);
  return pairs.length === 0 ? '' : ` ${pairs.join(separator)}`;
}
