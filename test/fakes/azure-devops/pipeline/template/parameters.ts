import type { Value } from '../expressions/value.ts';
import { type Fields, fieldsOf, itemsOf, textOf } from '../model/fields.ts';
import { errorAt, PipelineError } from '../pipeline-error.ts';
import type { YamlNode } from './yaml-node.ts';

/** A parameter that the file declares. */
interface Declaration {
  readonly name: string;
  readonly type: ParameterType;
  readonly default: string | undefined;
  readonly values: readonly string[] | undefined;
}

type ParameterType = keyof typeof converters;

/** What a text becomes; `undefined`: it is none of this type. */
const converters = {
  string: (text: string): Value | undefined => text,
  number: (text: string): Value | undefined =>
    /^-?(?:\d+\.?\d*|\.\d+)$/.test(text.trim()) ? Number(text) : undefined,
  boolean: (text: string): Value | undefined =>
    /^(?:true|false)$/i.test(text.trim()) ? text.trim().toLowerCase() === 'true' : undefined,
};

const typeNames = { string: 'String', number: 'Number', boolean: 'Boolean' } as const;

/** What a request gives, checked against what the file declares; in the order of the file. */
export function readParameters(
  declared: YamlNode | undefined,
  given: Readonly<Record<string, string>>,
): ReadonlyMap<string, Value> {
  const declarations = declared === undefined ? [] : itemsOf(declared).map(declarationOf);
  const byName = new Map(declarations.map((one) => [one.name.toLowerCase(), one]));
  for (const name of Object.keys(given))
    if (!byName.has(name.toLowerCase())) throw refusal(`Unexpected parameter '${name}'`);
  const texts = new Map(Object.entries(given).map(([name, text]) => [name.toLowerCase(), text]));
  return new Map(declarations.map((one) => [one.name, checkedValue(one, texts.get(one.name.toLowerCase()))]));
}

function checkedValue(declaration: Declaration, given: string | undefined): Value {
  const { name, type, values } = declaration;
  const text = given ?? declaration.default;
  if (text === undefined) throw refusal(`A value for the '${name}' parameter must be provided.`);
  const value = converters[type](text);
  if (value === undefined)
    throw refusal(`The '${name}' parameter value '${text}' is not a valid ${typeNames[type]}.`);
  if (values !== undefined && !values.includes(text))
    throw refusal(
      `The '${name}' parameter value '${text}' is not a valid value. Allowed values: ${values.join(',')}`,
    );
  return value;
}

function refusal(message: string): PipelineError {
  return new PipelineError(message, { isAboutParameters: true });
}

const declarationKeys = ['name', 'type', 'default', 'values', 'displayName'] as const;

function declarationOf(node: YamlNode): Declaration {
  const fields: Fields<(typeof declarationKeys)[number]> = fieldsOf(node, declarationKeys);
  if (fields.name === undefined) throw errorAt(node.at, 'A parameter needs a name');
  const type = fields.type === undefined ? 'string' : textOf(fields.type);
  if (!isParameterType(type))
    throw errorAt(fields.type?.at ?? node.at, `The emulator does not know the parameter type '${type}'`);
  return {
    name: textOf(fields.name),
    type,
    default: fields.default && textOf(fields.default),
    values: fields.values && itemsOf(fields.values).map(textOf),
  };
}

function isParameterType(type: string): type is ParameterType {
  return Object.hasOwn(converters, type);
}
