/** Escape sequences of ECMA-48: CSI, the string controls (OSC, DCS, SOS, PM, APC) and the short ones. */
const escapeSequences =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what this is about
  /(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]?|(?:\x1b[\]PX^_]|[\x9d\x90\x98\x9e\x9f])[^\x07\x1b\x9c\n]*(?:\x07|\x1b\\|\x9c)?|\x1b[ -/]*[0-~]?/g;

/** Controls but for the line break; characters that are invisible, reorder text, or break lines for some reader. */
const unseen =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what this is about
  /[\x00-\x09\x0b-\x1f\x7f-\x9f\u{ad}\u{61c}\u{180e}\u{200b}-\u{200f}\u{2028}-\u{202e}\u{2060}-\u{206f}\u{feff}\u{fff9}-\u{fffb}\u{e0000}-\u{e007f}]/gu;

/** A line that GitHub's runner takes for a command: `::` after any white space. */
const githubCommand = /^(\s*):(?=:)/;

/** What GitHub's runner and Azure's agent take for a command anywhere in a line. */
export const agentCommand = /##(?=\[|vso\[)/gi;

/**
 * Makes text from a build or a server safe to print: no escape sequence, control or invisible character, and no
 * workflow command for a CI runner that reads along. Line breaks stay; of a line that was overwritten with carriage
 * returns the last state stays.
 */
export function neutralise(untrusted: string): string {
  return untrusted.toWellFormed().replaceAll('\t', '    ').split('\n').map(neutralLine).join('\n');
}

/** Like `neutralise`, with the line breaks folded into single spaces. */
export function neutraliseLine(untrusted: string): string {
  const lines = untrusted.split(/[\r\n]+/).map((line) => line.trim());
  return neutralise(lines.filter((line) => line !== '').join(' '));
}

function neutralLine(line: string): string {
  const overwritten = line.replace(/\r+$/, '').split('\r').at(-1) ?? '';
  return overwritten
    .replace(escapeSequences, '')
    .replace(unseen, '')
    .replace(githubCommand, '$1: ')
    .replace(agentCommand, '## ');
}
