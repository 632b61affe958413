import { PipelineError } from '../pipeline-error.ts';
import { areEqual, asBoolean, asJson, asText, compare, isArray, isDictionary, type Value } from './value.ts';

export interface ExpressionFunction {
  readonly min: number;
  readonly max: number;
  readonly call: (...values: Value[]) => Value;
}

export type FunctionTable = Readonly<Record<string, ExpressionFunction>>;

type Call = (...values: Value[]) => Value;
const many = Number.POSITIVE_INFINITY;

function takes(min: number, max: number, call: Call): ExpressionFunction {
  return { min, max, call };
}

/** One whose parameters are texts; without meaning for what cannot be one. */
function ofTexts(count: number, call: (...texts: string[]) => Value): ExpressionFunction {
  return takes(count, count, (...values) => {
    const texts = values.map(asText).filter((text) => text !== undefined);
    return texts.length < values.length ? false : call(...texts);
  });
}

function ordered(holds: (order: number) => boolean): ExpressionFunction {
  return takes(2, 2, (left = null, right = null) => {
    const order = compare(left, right);
    return order !== undefined && holds(order);
  });
}

/** The functions that may stand in every expression, each as Microsoft's "Expressions" page says it. */
export const generalFunctions: FunctionTable = {
  and: takes(2, many, (...values) => values.every(asBoolean)),
  or: takes(2, many, (...values) => values.some(asBoolean)),
  not: takes(1, 1, (value = null) => !asBoolean(value)),
  xor: takes(2, 2, (left = null, right = null) => asBoolean(left) !== asBoolean(right)),
  eq: takes(2, 2, (left = null, right = null) => areEqual(left, right)),
  ne: takes(2, 2, (left = null, right = null) => !areEqual(left, right)),
  gt: ordered((order) => order > 0),
  ge: ordered((order) => order >= 0),
  lt: ordered((order) => order < 0),
  le: ordered((order) => order <= 0),
  in: takes(2, many, (value = null, ...others) => others.some((other) => areEqual(value, other))),
  notIn: takes(2, many, (value = null, ...others) => !others.some((other) => areEqual(value, other))),
  contains: ofTexts(2, (text = '', part = '') => text.toLowerCase().includes(part.toLowerCase())),
  containsValue: takes(2, 2, (of = null, value = null) => itemsOf(of).some((item) => areEqual(item, value))),
  startsWith: ofTexts(2, (text = '', part = '') => text.toLowerCase().startsWith(part.toLowerCase())),
  endsWith: ofTexts(2, (text = '', part = '') => text.toLowerCase().endsWith(part.toLowerCase())),
  lower: ofTexts(1, (text = '') => text.toLowerCase()),
  upper: ofTexts(1, (text = '') => text.toUpperCase()),
  trim: ofTexts(1, (text = '') => text.trim()),
  replace: ofTexts(3, (text = '', from = '', to = '') => text.replaceAll(from, () => to)),
  split: ofTexts(2, (text = '', marks = '') => splitAt(text, marks)),
  format: takes(1, many, format),
  join: takes(2, 2, (separator = null, of = null) =>
    isArray(of) ? of.map((item) => asText(item) ?? '').join(asText(separator) ?? '') : (asText(of) ?? ''),
  ),
  length: takes(1, 1, (value = null) => (isArray(value) ? value.length : needsText(value, 'length').length)),
  coalesce: takes(2, many, (...values) => values.find((value) => value !== null && value !== '') ?? null),
  iif: takes(3, 3, (test = null, yes = null, no = null) => (asBoolean(test) ? yes : no)),
  convertToJson: takes(1, 1, (value = null) => JSON.stringify(asJson(value), undefined, 2)),
};

function itemsOf(value: Value): readonly Value[] {
  if (isArray(value)) return value;
  return isDictionary(value) ? [...value.values()] : [];
}

function splitAt(text: string, marks: string): readonly string[] {
  const parts = [''];
  for (const letter of text) {
    if (marks.includes(letter)) parts.push('');
    else parts.push(`${parts.pop() ?? ''}${letter}`);
  }
  return parts;
}

function format(template: Value = null, ...values: Value[]): string {
  return needsText(template, 'format').replace(/\{\{|\}\}|\{(\d+)\}|[{}]/g, (found, index?: string) => {
    if (found === '{{' || found === '}}') return found.slice(1);
    const value = index === undefined ? undefined : values[Number(index)];
    if (value === undefined)
      throw new PipelineError(`The format string "${template}" has a wrong "${found}"`);
    return needsText(value, 'format');
  });
}

function needsText(value: Value, name: string): string {
  const text = asText(value);
  if (text === undefined) throw new PipelineError(`Unable to convert a value of "${name}" to String`);
  return text;
}
