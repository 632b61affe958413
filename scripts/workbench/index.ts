export { type FreshEngine, startFreshEngine } from './fresh-engine.ts';
export { startRegistry } from './start-registry.ts';
export type { Workbench } from './workbench.ts';
export { startWorkbench, tidy } from './workbench.ts';
export { WorkbenchError } from './workbench-error.ts';
