export { azureCommand } from './azure-command.ts';
export { chooseDisplay } from './choose-display.ts';
export { createDisplay } from './create-display.ts';
export type { Display, DisplayMode } from './display.ts';
export { annotateError, hintMark } from './error-annotation.ts';
export type { EmitProgress, ProgressEvent, Stage, StepOutcome } from './events.ts';
export { githubCommand } from './github-command.ts';
export { neutralise, neutraliseLine } from './neutralise.ts';
export { printJson } from './print-json.ts';
