export { parseTagArgument, parseTagsBase64 } from './parse-tag-argument.ts';
export { checkTemplate } from './parse-template.ts';
export { resolveTags } from './resolve-tags.ts';
export { type Tag, type TagTemplate, tagBuildArgs, uniqueTagValues } from './tag.ts';
export { templateFacts } from './template-language.ts';
export { checkValidationPattern } from './validation.ts';
