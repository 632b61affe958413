/** The tag grammar of the OCI distribution specification v1.1. */
const tagPattern = /^[a-zA-Z0-9_][a-zA-Z0-9._-]{0,127}$/;

/** Whether `text` can be a tag in a registry. */
export function isImageTag(text: string): boolean {
  return tagPattern.test(text);
}

/** The rule in words, for messages. */
export const imageTagRule = 'up to 128 of letters, digits, "_", "." and "-", not starting with "." or "-"';
