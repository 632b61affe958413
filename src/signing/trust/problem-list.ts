import { nearest, type Problem } from '../../core/index.ts';

export interface Fault {
  readonly message: string;
  readonly hint?: string;
}

/** Collects what is wrong with one file, so that people see all of it at once. */
export interface ProblemList {
  readonly problems: readonly Problem[];
  /** `path` is a place in the document, such as `trustPolicies[0].name`. */
  add(path: string, fault: Fault): void;
}

export function problemList(source: string): ProblemList {
  const problems: Problem[] = [];
  return {
    problems,
    add: (path, fault) => problems.push({ source, ...(path === '' ? {} : { path }), ...fault }),
  };
}

/** The nearest known word as the way out, when one is near. */
export function nearestHint(word: string, known: readonly string[]): Pick<Fault, 'hint'> {
  const meant = nearest(word, known);
  return meant === undefined ? {} : { hint: `did you mean "${meant}"?` };
}
