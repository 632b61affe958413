import { type Annotation, azureAnnotation, githubAnnotation } from './annotation.ts';
import type { DisplayMode } from './display.ts';

export interface AnnotatedError extends Omit<Annotation, 'level' | 'title'> {
  readonly code: string;
  readonly hint?: string | undefined;
}

/** What tells a CI runner about an error, as one line without the line break; nothing for the other displays. */
export function annotateError(
  mode: DisplayMode,
  { hint, message, ...rest }: AnnotatedError,
): string | undefined {
  const text = hint === undefined ? message : `${message}\nhint: ${hint}`;
  const annotation = { ...rest, level: 'error', message: text } as const;
  if (mode === 'github') return githubAnnotation(annotation);
  return mode === 'azure' ? azureAnnotation(annotation) : undefined;
}
