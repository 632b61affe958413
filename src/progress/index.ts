export type { DisplayChoice, DisplaySurroundings } from './choose-display.ts';
export { chooseDisplay } from './choose-display.ts';
export type { CreateDisplayOptions } from './create-display.ts';
export { createDisplay } from './create-display.ts';
export type { Display, DisplayMode, DisplayStream, Schedule } from './display.ts';
export type { EmitProgress, ProgressEvent, Stage, StepOutcome } from './events.ts';
export { neutralise, neutraliseLine } from './neutralise.ts';
