export type { BuildJob } from './build-job.ts';
export type { BuildOutcome } from './build-outcome.ts';
export { builderEnvironment } from './builder-environment.ts';
export { findEngine } from './engine.ts';
export { layoutMaterials } from './layout-materials.ts';
export type { Material } from './read-provenance.ts';
export { type RecordedBuild, recordedMaterials } from './recorded-materials.ts';
export { runBuild } from './run-build.ts';
