import { printf } from './printf.ts';
import type { Blame } from './tag-failure.ts';
import type { Value } from './template.ts';
import type { CallName } from './template-language.ts';

type TemplateFunction = (values: readonly Value[], blame: Blame) => Value;

/** Methods need the facts, `and` and `or` look at no more arguments than they must: the evaluator has those. */
type EagerFunctionName = Exclude<CallName, `.${string}` | 'and' | 'or'>;

/** The functions that see all their values first, as Go's text/template (1.22) has them. */
export const templateFunctions: Readonly<Record<EagerFunctionName, TemplateFunction>> = {
  eq: ([first, ...others], blame) => others.map((other) => sameValue(first, other, blame)).includes(true),
  len: ([text], blame) => Buffer.byteLength(requireText(text, 'len', blame)),
  ne: ([first, second], blame) => !sameValue(first, second, blame),
  not: ([value]) => !isTruthy(value),
  printf: ([format, ...values], blame) => printf(requireText(format, 'printf', blame), values, blame),
  slice: sliceBytes,
};

/** Go's truth: an empty text, 0 and false are false. */
export function isTruthy(value: Value | undefined): boolean {
  return Boolean(value);
}

/** The value as the text that `name` needs. */
export function requireText(value: Value | undefined, name: CallName, blame: Blame): string {
  if (typeof value === 'string') return value;
  const hint = name === 'slice' ? 'the text comes first: slice TEXT START END' : undefined;
  throw blame(`gives "${name}" ${String(value)} where it needs a text`, hint);
}

function sameValue(first: Value | undefined, second: Value | undefined, blame: Blame): boolean {
  if (typeof first === typeof second) return first === second;
  const hint = 'fields are texts: write numbers in quotes';
  throw blame(`compares values of different types, ${typeof first} and ${typeof second}`, hint);
}

/** Part of a text by byte offsets, from `start` up to, not including, `end`. */
function sliceBytes([text, start, end]: readonly Value[], blame: Blame): string {
  const bytes = Buffer.from(requireText(text, 'slice', blame));
  const from = start ?? 0;
  const to = end ?? bytes.length;
  if (typeof from !== 'number' || typeof to !== 'number') {
    throw blame('gives "slice" a bound that is no integer', 'the text comes first: slice TEXT START END');
  }
  if (from < 0 || from > to || to > bytes.length) {
    throw blame(`slices a text of ${bytes.length} characters from ${from} to ${to}`);
  }
  return bytes.subarray(from, to).toString();
}
