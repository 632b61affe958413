import { goQuote } from './go-string.ts';
import { type Blame, quoted } from './tag-failure.ts';
import type { Value } from './template.ts';

/** The length of the longest tag: no field of one can be wider. */
const maxWidth = 128;
const supported = 'supported: %s %d %v %q %x %%, with a width, "-" or "0", and %.Ns to cut a text';

/** Flags, width, precision and verb of a formatting directive. */
const directivePattern = /%([-0]*)([0-9]*)(?:\.([0-9]*))?(.?)/gsu;

interface Directive {
  readonly text: string;
  readonly flags: string;
  readonly width: number;
  readonly precision: number | undefined;
  readonly verb: string;
}

/**
 * A strict part of Go's `fmt.Sprintf`: where Go prints `%!d(string=x)` into the result, this fails. Widths and
 * precisions count characters, to 128.
 */
export function printf(format: string, values: readonly Value[], blame: Blame): string {
  let used = 0;
  const text = format.replaceAll(directivePattern, (whole, flags, width, precision, verb) => {
    if (whole === '%%') return '%';
    const directive = readDirective({ whole, flags, width, precision, verb }, blame);
    const value = values[used++];
    if (value === undefined) throw blame(`gives printf no value for "${whole}"`);
    return formatValue(directive, value, blame);
  });
  if (used === values.length) return text;
  throw blame(`gives printf ${values.length} values for ${used} verbs`, supported);
}

interface RawDirective {
  readonly whole: string;
  readonly flags: string;
  readonly width: string;
  readonly precision: string | undefined;
  readonly verb: string;
}

function readDirective(raw: RawDirective, blame: Blame): Directive {
  const { whole: text, flags, verb } = raw;
  if (!'sdvqx'.includes(verb) || verb === '') throw blame(`uses printf verb ${quoted(text)}`, supported);
  const width = Number(raw.width);
  const precision = raw.precision === undefined ? undefined : Number(raw.precision);
  if (Math.max(width, precision ?? 0) <= maxWidth) return { text, flags, width, precision, verb };
  throw blame(`uses printf verb ${quoted(text)}, wider than ${maxWidth}`);
}

function formatValue(directive: Directive, value: Value, blame: Blame): string {
  const { text: verbText, flags, width } = directive;
  const plain = plainText(directive, value);
  if (plain === undefined) {
    throw blame(
      `formats the ${typeName(value)} ${quoted(String(value))} with printf verb "${verbText}"`,
      supported,
    );
  }
  const missing = Math.max(0, width - [...plain].length);
  if (flags.includes('-')) return plain + ' '.repeat(missing);
  if (!flags.includes('0')) return ' '.repeat(missing) + plain;
  const sign = plain.startsWith('-') ? '-' : '';
  return sign + '0'.repeat(missing) + plain.slice(sign.length);
}

/** The value without padding; undefined when the verb, a precision or a zero flag does not suit it. */
function plainText(directive: Directive, value: Value): string | undefined {
  const { verb, precision, flags } = directive;
  const printsAsIs = verb === 'v' || verb === (typeof value === 'number' ? 'd' : 's');
  if (typeof value === 'string') {
    if (flags.includes('0')) return undefined;
    if (printsAsIs) return precision === undefined ? value : [...value].slice(0, precision).join('');
  }
  if (precision !== undefined) return undefined;
  if (typeof value === 'boolean') return verb === 'v' && !flags.includes('0') ? String(value) : undefined;
  if (printsAsIs) return String(value);
  if (verb === 'x')
    return typeof value === 'number' ? value.toString(16) : Buffer.from(value).toString('hex');
  return verb === 'q' && typeof value === 'string' ? goQuote(value) : undefined;
}

function typeName(value: Value): string {
  if (typeof value === 'string') return 'text';
  return typeof value === 'number' ? 'integer' : 'truth value';
}
