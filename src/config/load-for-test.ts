import { type ImageBuilderError, isFailure, type Problem } from '../core/index.ts';
import type { Override } from './effective-settings.ts';
import { type LoadedSettings, loadSettings } from './load-settings.ts';

/** Stand-ins for the checks of the tags module, which is above this one. */
const checks = {
  checkTemplate: (text: string): Problem | undefined =>
    text.includes('.Dat ') ? { message: 'unknown fact "Dat"', hint: 'known facts: Date' } : undefined,
  checkPattern: (text: string): Problem | undefined =>
    text.includes('(?=') ? { message: 'look-ahead is not supported' } : undefined,
};

/** Loads a text, for tests, as if it stood in the file `c.yaml`. */
export function load(text: string, overrides: readonly Override[] = []): Promise<LoadedSettings> {
  return loadSettings({ env: {}, shippedConfig: { path: 'c.yaml', text }, overrides, checks });
}

/** The problems for which a text is refused. */
export async function problemsOf(
  text: string,
  overrides: readonly Override[] = [],
): Promise<readonly Problem[]> {
  const error: unknown = await load(text, overrides).catch((caught: unknown) => caught);
  if (isFailure(error, 'config.invalid'))
    return (error as ImageBuilderError<'config.invalid'>).details.problems;
  throw new Error('expected config.invalid', { cause: error });
}

/** `line:column path: message (hint)`. */
export function printed({ line, column, path, message, hint }: Problem): string {
  const position = line === undefined ? '' : `${line}:${column} `;
  return `${position}${path === undefined ? '' : `${path}: `}${message}${hint === undefined ? '' : ` (${hint})`}`;
}

/** A `sign-config` body with one signer. */
export const oneSigner = `
  signers:
    - name: a
      type: notary
      config:
        endpoint: https://sign.example.com/sign
        secret: { path: /s, type: signify }`;
