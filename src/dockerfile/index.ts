export { type Instruction, parseDockerfile, type Stage } from './dockerfile.ts';
export { dockerfileBases } from './dockerfile-bases.ts';
export { type TargetRun, targetRuns } from './target-runs.ts';
