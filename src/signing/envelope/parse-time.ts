/** A time of RFC 3339, 5.6; undefined for every other text. */
export function parseTime(untrusted: unknown): Date | undefined {
  if (typeof untrusted !== 'string') return undefined;
  const match =
    /^(\d{4}-\d\d-\d\d)T([01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d{1,9})?(?:Z|[+-](?:[01]\d|2[0-3]):[0-5]\d)$/.exec(
      untrusted,
    );
  if (!match?.[1]) return undefined;
  const day = new Date(`${match[1]}T00:00:00Z`);
  const isOfCalendar = !Number.isNaN(day.getTime()) && day.toISOString().startsWith(match[1]);
  return isOfCalendar ? new Date(untrusted) : undefined;
}
