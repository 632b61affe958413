// Lints what other programs run as it stands: GitHub workflows and actions, pipelines of Azure DevOps.
import { lintFile } from './lint-file.ts';
import { filesToLint, repositoryContext } from './read-files.ts';

const files = filesToLint();
const context = repositoryContext();
const problems = (await Promise.all(files.map((file) => lintFile(file, context)))).flat();
for (const { path, line, message } of problems) process.stdout.write(`${path}:${line}: ${message}\n`);
process.stdout.write(`${files.length} files, ${problems.length} problems\n`);
if (problems.length > 0) process.exitCode = 1;
