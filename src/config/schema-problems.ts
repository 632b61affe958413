import type * as z from 'zod/mini';
import { nearest, type Problem } from '../core/index.ts';
import { type Expectation, quoted, type Refusal } from './fields.ts';
import { type Checked, expectationAt, keyExpectationAt, keysAt, sectionsWith } from './schema-tree.ts';
import { isMapping, type Path, printPath, valueAt } from './yaml-path.ts';

type Issue = z.core.$ZodIssue;

/** One fault of a tree against its schema, before it is known which file it is in. */
export interface Fault {
  readonly path: Path;
  /** Whether the key is wrong, or its value. */
  readonly part: 'key' | 'value';
  readonly message: string;
  readonly hint?: string | undefined;
}

/** Longest part of a wrong value that a message shows. */
const shownLength = 60;
/** More than these are no help on one line. */
const maxListedKeys = 8;

/** Says in words what zod found, one by one since a hostile file has many; `base` is where the paths start. */
export function* faultsOf(issues: readonly Issue[], checked: Checked, base: Path = []): Generator<Fault> {
  for (const issue of issues) yield* faultsOfIssue(issue, checked, [...base, ...(issue.path as Path)]);
}

function* faultsOfIssue(issue: Issue, checked: Checked, path: Path): Generator<Fault> {
  if (issue.code === 'unrecognized_keys') {
    for (const key of issue.keys) yield unknownKey(key, checked, path);
    return;
  }
  if (issue.code === 'invalid_key') return yield wrongKey(checked, path);
  if (issue.code === 'invalid_union') {
    // The option whose own structure fits is the one that was meant: its faults lie below the value itself.
    const meant = issue.errors.find((faults) => faults.some((fault) => !isAtRoot(fault)));
    if (meant !== undefined) return yield* faultsOf(meant, checked, path);
  }
  const { message, hint }: Refusal = (issue.code === 'custom' && issue.params) || {};
  yield message === undefined ? wrongValue(checked, path) : { path, part: 'value', message, hint };
}

function isAtRoot(issue: Issue): boolean {
  return issue.path.length === 0 && issue.code !== 'unrecognized_keys';
}

function unknownKey(key: string, checked: Checked, path: Path): Fault {
  const message = `unknown key ${shown(key)}`;
  return {
    path: [...path, key],
    part: 'key',
    message,
    hint: keyHint(key, keysAt(checked, path), checked.schema),
  };
}

function keyHint(key: string, known: readonly string[], schema: Checked['schema']): string {
  const [section, ...others] = sectionsWith(schema, key);
  if (section !== undefined && others.length === 0) return `it belongs ${inSection(section)}`;
  const near = nearest(key, known);
  if (near !== undefined) return `did you mean ${quoted(near)}?`;
  return known.length > maxListedKeys
    ? '"image-builder config schema" has all keys'
    : `known keys: ${known.join(', ')}`;
}

function inSection(section: Path): string {
  return section.length === 0 ? 'at the top of the file' : `in ${quoted(printPath(section))}`;
}

function wrongKey(checked: Checked, path: Path): Fault {
  const expectation = keyExpectationAt(checked, path.slice(0, -1));
  return { path, part: 'key', ...mismatch(expectation, path.at(-1)) };
}

function wrongValue(checked: Checked, path: Path): Fault {
  const value = valueAt(checked.tree, path);
  const expectation = expectationAt(checked, path);
  if (value !== undefined) return { path, part: 'value', ...mismatch(expectation, value) };
  const message = `required key ${quoted(String(path.at(-1)))} is missing`;
  return { path, part: 'key', message, hint: `expected ${expectation?.expected ?? 'a value'}` };
}

function mismatch(
  expectation: Expectation | undefined,
  untrustedValue: unknown,
): Omit<Fault, 'path' | 'part'> {
  const message = `expected ${expectation?.expected ?? 'another value'}, got ${shown(untrustedValue)}`;
  return {
    message,
    hint: untrustedValue === null ? 'give it a value or remove the key' : expectation?.hint?.(untrustedValue),
  };
}

/** A value as a message shows it: short, on one line, without the credentials that an address may carry. */
function shown(untrustedValue: unknown): string {
  if (untrustedValue === null) return 'nothing';
  if (Array.isArray(untrustedValue)) return untrustedValue.length === 0 ? 'an empty list' : 'a list';
  if (isMapping(untrustedValue)) return 'a mapping';
  if (typeof untrustedValue !== 'string') return String(untrustedValue);
  const safe = untrustedValue.replace(/\/\/[^/]*@/, '//…@');
  return quoted(safe.length > shownLength ? `${safe.slice(0, shownLength)}…` : safe);
}

/** Puts faults into the order of the file, so that people can work from the top. */
export function inOrder(problems: readonly Problem[]): readonly Problem[] {
  const place = ({ line = 0, column = 0 }: Problem) => line * 1e6 + column;
  return problems.toSorted((a, b) => place(a) - place(b));
}
