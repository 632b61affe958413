import { neutraliseLine } from '../progress/index.ts';
import type { VertexWarning } from './solve-status.ts';

/** What the linter of BuildKit's Dockerfile frontend says about one line. */
export interface BuildWarning {
  /** Safe to print; begins with the name of the rule. */
  readonly message: string;
  readonly file: string;
  /** 1-based. */
  readonly line?: number;
  /** Where the rule is explained. */
  readonly url?: string;
}

/** Reads a warning of BuildKit about the Dockerfile at `file`. */
export function readWarning({ short, range, url }: VertexWarning, file: string): BuildWarning {
  const text = neutraliseLine(Buffer.from(short, 'base64').toString('utf8'));
  const line = range?.[0]?.start?.line;
  return {
    message: line === undefined ? text : text.replace(new RegExp(` \\(line ${line}\\)$`), ''),
    file,
    ...(line === undefined ? {} : { line }),
    ...(url === undefined ? {} : { url: neutraliseLine(url) }),
  };
}
