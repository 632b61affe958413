import { registerHooks } from 'node:module';
import type { LintFile, LintProblem } from './yaml-file.ts';

type LanguageService = typeof import('@actions/languageservice');
type ValidationConfig = NonNullable<Parameters<LanguageService['validate']>[1]>;
type TextDocument = Parameters<LanguageService['validate']>[0];

/** The package imports JSON as bundlers understand it; Node wants to be told that it is JSON. */
async function loadService(): Promise<LanguageService> {
  const hooks = registerHooks({
    load: (url, context, next) =>
      next(url, url.endsWith('.json') ? { ...context, importAttributes: { type: 'json' } } : context),
  });
  try {
    return await import('@actions/languageservice');
  } finally {
    hooks.deregister();
  }
}

let service: Promise<LanguageService> | undefined;
/** The service remembers what it read by its address. */
let count = 0;

/**
 * What GitHub's own language service says of a workflow or an `action.yml`: schema, contexts, and inputs of the reusable
 * workflows that `readWorkflow` knows.
 */
export async function askLanguageService(
  { path, text }: LintFile,
  readWorkflow: (path: string) => string | undefined,
): Promise<readonly LintProblem[]> {
  service ??= loadService();
  const { validate } = await service;
  const document = { uri: `file:///${++count}/${path}`, getText: () => text } as TextDocument;
  const fileProvider = {
    getFileContent: async (reference: { readonly path: string }) => {
      const content = readWorkflow(reference.path);
      if (content === undefined) throw new Error(`there is no workflow "${reference.path}"`);
      return { name: reference.path, content };
    },
  } as NonNullable<ValidationConfig['fileProvider']>;
  const found = await validate(document, { fileProvider });
  return found.map(({ range, message }) => ({
    path,
    line: range.start.line + 1,
    message: typeof message === 'string' ? message : message.value,
  }));
}
