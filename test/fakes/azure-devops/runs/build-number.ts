import { expandMacros } from '../pipeline/agent/macros.ts';
import { PipelineError } from '../pipeline/pipeline-error.ts';

export interface BuildNumberFacts {
  /** `name` of the pipeline file. */
  readonly format: string | undefined;
  readonly now: Date;
  readonly variables: ReadonlyMap<string, string>;
  /** Names that runs before have had. */
  readonly taken: ReadonlySet<string>;
}

/** The name of a run: `$(Date:yyyyMMdd)$(Rev:.r)` unless the file says otherwise. */
export function buildNumber({
  format = '$(Date:yyyyMMdd)$(Rev:.r)',
  now,
  variables,
  taken,
}: BuildNumberFacts): string {
  const made = (revision: number) =>
    expandMacros(format, (name) => {
      const [, kind, rest = ''] = /^(Date|Rev):(.*)$/.exec(name) ?? [];
      if (kind === 'Date') return dateText(rest, now);
      if (kind === 'Rev')
        return rest.replace(/r+/, (places) => String(revision).padStart(places.length, '0'));
      return variables.get(name);
    });
  for (let revision = 1; ; revision++) {
    const name = made(revision);
    if (!taken.has(name) || made(revision + 1) === name) return name;
  }
}

function dateText(format: string, now: Date): string {
  const iso = now.toISOString();
  const parts: Readonly<Record<string, string>> = {
    yyyy: iso.slice(0, 4),
    yy: iso.slice(2, 4),
    MM: iso.slice(5, 7),
    dd: iso.slice(8, 10),
    HH: iso.slice(11, 13),
    mm: iso.slice(14, 16),
    ss: iso.slice(17, 19),
  };
  return format.replace(/yyyy|yy|MM|dd|HH|mm|ss|[A-Za-z]+/g, (word) => {
    const part = parts[word];
    if (part === undefined) throw new PipelineError(`The emulator does not know "${word}" in a date`);
    return part;
  });
}
