import * as z from 'zod/mini';
import type { Problem } from '../core/index.ts';
import { expecting, optional, refuse, required, section, withDefault } from './fields.ts';

/**
 * Look at the syntax of a tag template and of a validation pattern and say what is wrong, if anything. They are
 * passed in because the language of tags is above the configuration.
 */
export interface TagChecks {
  readonly checkTemplate: (untrustedText: string) => Problem | undefined;
  readonly checkPattern: (untrustedText: string) => Problem | undefined;
}

const defaultName = 'default_tag';
const tagName = expecting(z.string().check(z.regex(/^[a-zA-Z0-9_-]+$/)), {
  expected: 'a name of letters, digits, "_" and "-"',
});
const additionalName = expecting(tagName.check(z.refine((name) => name !== defaultName)), {
  expected: 'a name of letters, digits, "_" and "-" other than "default_tag", the name of the default tag',
});
const nameDoc =
  'Name of the tag; `--export-tags` passes it to the Dockerfile as build argument `TAG_<name>`.';
const valueDoc = 'Template of the tag.';
const validationDoc = 'RE2 pattern that the finished tag must match.';

/** A default tag, which cannot do without validation, and a tag that is added to those. */
export function tagTemplates(checks: TagChecks) {
  const value = checkedText(
    checks.checkTemplate,
    'a tag template such as "v{{ .Date }}-{{ .ShortSHA }}"',
    'template',
  );
  const validation = checkedText(checks.checkPattern, 'a pattern such as "^PR-[0-9]+$"', 'pattern');
  const defaultTag = section({
    name: withDefault(tagName, defaultName, { description: nameDoc }),
    value: required(value, { description: valueDoc }),
    validation: required(validation, { description: validationDoc }),
  });
  const additionalTag = section({
    name: required(additionalName, { description: nameDoc }),
    value: required(value, { description: valueDoc }),
    validation: optional(validation, { description: validationDoc }),
  });
  return { defaultTag, additionalTag };
}

function checkedText(check: (untrustedText: string) => Problem | undefined, expected: string, title: string) {
  const schema = z.string().check(z.minLength(1), (context) => {
    const problem = context.value === '' ? undefined : check(context.value);
    if (problem !== undefined) refuse(context, problem);
  });
  return expecting(schema, { expected, title });
}
