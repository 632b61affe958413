/** The tag grammar of the OCI distribution specification v1.1. */
const tagPattern = /^[a-zA-Z0-9_][a-zA-Z0-9._-]*$/;

/** Characters. */
export const maxTagLength = 128;

/** Whether `text` can be a tag in a registry. */
export function isImageTag(text: string): boolean {
  return text.length <= maxTagLength && tagPattern.test(text);
}

/** The rule in words, for messages. */
export const imageTagRule = 'up to 128 of letters, digits, "_", "." and "-", not starting with "." or "-"';
