/** Nanoseconds in each unit, the units of Go's `time.ParseDuration` (Go 1.24); both code points of micro. */
const unitNanoseconds: Readonly<Record<string, bigint>> = {
  ns: 1n,
  us: 1_000n,
  µs: 1_000n,
  μs: 1_000n,
  ms: 1_000_000n,
  s: 1_000_000_000n,
  m: 60_000_000_000n,
  h: 3_600_000_000_000n,
};

const wholeGrammar = /^([+-]?)((?:(?:\d+(?:\.\d*)?|\.\d+)(?:ns|us|µs|μs|ms|s|m|h))+)$/;
const partGrammar = /(\d*)\.?(\d*)(ns|us|µs|μs|ms|s|m|h)/g;
/** Go keeps a duration in a signed 64 bit count of nanoseconds. */
const maxNanoseconds = 2n ** 63n - 1n;
/** Far above any duration that fits, so that a hostile text costs nothing. */
const maxLength = 64;

/** Reads a duration in Go's grammar (`1m30s`, `1.5h`, `0`) in seconds; undefined when the text is none. */
export function parseDuration(text: string): number | undefined {
  if (text.length > maxLength) return undefined;
  if (/^[+-]?0$/.test(text)) return 0;
  const [, sign, parts] = wholeGrammar.exec(text) ?? [];
  if (parts === undefined) return undefined;
  let total = 0n;
  for (const [, whole = '', fraction = '', unit = ''] of parts.matchAll(partGrammar)) {
    const size = unitNanoseconds[unit] ?? 0n;
    total += BigInt(whole || '0') * size + (BigInt(fraction || '0') * size) / 10n ** BigInt(fraction.length);
  }
  if (total > maxNanoseconds) return undefined;
  const seconds = Number(total) / 1e9;
  return sign === '-' && total > 0n ? -seconds : seconds;
}
