import { parse } from 'yaml';
import { asMapping, type Mapping } from './lint/yaml-file.ts';

/** What stands between two of these lines is written by `npm run generate`. */
const marks = (name: string) => [`<!-- ${name}: generated -->`, `<!-- end of ${name} -->`] as const;

/** A document with the inputs and outputs of a reusable workflow in the places that it keeps for them. */
export function withWorkflowTables(document: string, workflow: string): string {
  const { inputs, outputs } = asMapping(asMapping(asMapping(parse(workflow)).on).workflow_call);
  const inputRows = rowsOf(inputs).map(([name, input]) => [
    code(name),
    code(input.default),
    prose(input.description),
  ]);
  const outputRows = rowsOf(outputs).map(([name, output]) => [code(name), prose(output.description)]);
  const tables = {
    inputs: table(['input', 'default', 'meaning'], inputRows),
    outputs: table(['output', 'meaning'], outputRows),
  };
  return Object.entries(tables).reduce((text, [name, made]) => filled(text, name, made), document);
}

function rowsOf(section: unknown): readonly (readonly [string, Mapping])[] {
  return Object.entries(asMapping(section)).map(([name, value]) => [name, asMapping(value)]);
}

function filled(document: string, name: string, made: string): string {
  const [first, last] = marks(name);
  const [before, rest] = document.split(first);
  const after = rest?.split(last)[1];
  if (before === undefined || after === undefined)
    throw new Error(`the document keeps no place for "${name}"`);
  return `${before}${first}\n\n${made}\n\n${last}${after}`;
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

/** Markdown would take what stands in angle brackets for a tag. */
function prose(value: unknown): string {
  return String(value).replaceAll('<', '&lt;');
}

/** A text that is empty says nothing; one of several lines stands on one. */
function code(value: unknown): string {
  const text = String(value ?? '')
    .trim()
    .replace(/\s*\n\s*/g, ' ');
  return text === '' ? '' : `\`${text}\``;
}
