// Format, types, lint, dead code, architecture, generated files: what a commit must pass.
import { runCheckSteps } from './check-steps.ts';

const results = await runCheckSteps({ testsFollow: false });
if (results.some((result) => result.exitCode !== 0)) process.exitCode = 1;
