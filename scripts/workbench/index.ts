export type { Registry, RegistryOptions } from './start-registry.ts';
export { startRegistry } from './start-registry.ts';
export type { ToolName } from './tool-path.ts';
export { toolPath } from './tool-path.ts';
export type { Workbench, WorkbenchOptions } from './workbench.ts';
export { startWorkbench } from './workbench.ts';
export { WorkbenchError } from './workbench-error.ts';
