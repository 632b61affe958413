import * as z from 'zod/mini';
import { ImageBuilderError, type Problem } from '../core/index.ts';
import { type Fault, faultsOf, inOrder } from './schema-problems.ts';
import { maxProblems, type YamlDocument } from './yaml-document.ts';
import { printPath } from './yaml-path.ts';

type Schema = z.core.$ZodType;

/** One parse does not pay for generated code. */
export const jitless = { jitless: true };

/** Says in words, one by one, where a tree does not fit its schema. */
export function* faultsIn(schema: Schema, tree: unknown): Generator<Fault> {
  const { error } = z.safeParse(schema, tree, jitless);
  if (error !== undefined) yield* faultsOf(error.issues, { schema, tree });
}

/** What is wrong in a file, each with its place; the first of very many. */
export function fileProblems(schema: Schema, document: YamlDocument): readonly Problem[] {
  const { source } = document;
  const faults = [...faultsIn(schema, document.tree).take(maxProblems + 1)];
  const shown = faults.slice(0, maxProblems).map((fault): Problem => {
    return { source, ...document.locate(fault.path, fault.part), ...problemOf(fault) };
  });
  if (faults.length <= maxProblems) return shown;
  return [...shown, { source, message: `there are more than ${maxProblems} problems; these are the first` }];
}

/** A fault whose place in a file is not known, or that has none. */
export function problemOf({ path, message, hint }: Fault): Problem {
  return { path: printPath(path), message, ...(hint === undefined ? {} : { hint }) };
}

/** The error of a configuration with these problems, in the order of the file. */
export function invalid(path: string, problems: readonly Problem[]): ImageBuilderError<'config.invalid'> {
  const count = problems.length === 1 ? '1 problem' : `${problems.length} problems`;
  const message = `configuration "${path}" is invalid: ${count}`;
  return new ImageBuilderError('config.invalid', message, { problems: inOrder(problems) });
}
