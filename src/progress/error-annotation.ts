import { isFailure, reasonOf } from '../core/index.ts';
import { type Annotation, azureAnnotation, githubAnnotation } from './annotation.ts';
import type { DisplayMode } from './display.ts';

/** What parts the message of an annotation from the way out. */
export const hintMark = '\nhint: ';

/** What tells a CI runner about an error, as one line without the line break; nothing for the other displays. */
export function annotateError(mode: DisplayMode, error: unknown): string | undefined {
  if (mode === 'github') return githubAnnotation(annotationOf(error));
  return mode === 'azure' ? azureAnnotation(annotationOf(error)) : undefined;
}

function annotationOf(error: unknown): Annotation {
  const message = reasonOf(error);
  if (!isFailure(error)) return { level: 'error', code: 'internal', message };
  const { code, hint } = error;
  const text = hint === undefined ? message : `${message}${hintMark}${hint}`;
  const place =
    isFailure(error, 'build.failed') || isFailure(error, 'run.failed') ? error.details : undefined;
  const there = isFailure(error, 'run.failed') ? error.details.cause : undefined;
  return { level: 'error', code: there ?? code, message: text, file: place?.file, line: place?.line };
}
