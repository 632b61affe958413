import * as z from 'zod/mini';
import { docs } from './fields.ts';
import { serviceConfigFile } from './service-config.ts';
import { settingsSchema } from './settings-schema.ts';

/** The JSON Schema (draft 2020-12) of the configuration file, as editors read it. */
export function configSchema(): z.core.JSONSchema.JSONSchema {
  const schema = settingsSchema({ checkTemplate: () => undefined, checkPattern: () => undefined });
  return jsonSchemaOf(schema, 'Image Builder configuration');
}

/** The JSON Schema of the file of the signing service. */
export function serviceConfigSchema(): z.core.JSONSchema.JSONSchema {
  return jsonSchemaOf(serviceConfigFile, 'Image Builder signing service');
}

function jsonSchemaOf(schema: z.core.$ZodType, title: string): z.core.JSONSchema.JSONSchema {
  return { ...z.toJSONSchema(schema, { io: 'input', metadata: docs, override: polish }), title };
}

interface Place {
  readonly zodSchema: z.core.$ZodType;
  readonly jsonSchema: z.core.JSONSchema.BaseSchema;
}

/**
 * A section that may be left out has the defaults of its keys, which `{}` would only hide. Examples are written as in
 * the file, but zod drops them where the program reads the value further.
 */
function polish({ zodSchema, jsonSchema }: Place): void {
  const { default: value, properties } = jsonSchema;
  if (properties && typeof value === 'object' && Object.keys(value ?? {}).length === 0)
    delete jsonSchema.default;
  const examples = docs.get(zodSchema)?.examples;
  if (examples !== undefined) jsonSchema.examples = [...examples];
}
