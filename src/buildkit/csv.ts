/** `key=value` pairs as one CSV record (RFC 4180), the syntax of buildx's `--output`, `--secret` and cache flags. */
export function csvRecord(fields: Readonly<Record<string, string | undefined>>): string {
  return Object.entries(fields)
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => csvField(`${key}=${value}`))
    .join(',');
}

function csvField(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
