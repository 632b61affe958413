export { type Instruction, parseDockerfile, type Stage } from './dockerfile.ts';
export { dockerfileBases } from './dockerfile-bases.ts';
export { dockerfileInputs } from './dockerfile-inputs.ts';
export { type CacheMount, dockerfileMounts, type FoundMounts, mountedRuns } from './dockerfile-mounts.ts';
export { flagValues, mountField, wordsOf } from './instruction-words.ts';
export { type NeededStage, neededStages } from './needed-stages.ts';
export { type StepRecipe, stepRecipes, type UsedFiles } from './step-recipe.ts';
export { type TargetRun, targetRuns } from './target-runs.ts';
