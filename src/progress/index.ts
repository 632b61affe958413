export { chooseDisplay } from './choose-display.ts';
export { createDisplay } from './create-display.ts';
export type { Display, DisplayMode } from './display.ts';
export type { EmitProgress, ProgressEvent, Stage, StepOutcome } from './events.ts';
export { neutralise, neutraliseLine } from './neutralise.ts';
export { printJson } from './print-json.ts';
