import * as z from 'zod/mini';
import { deepFreeze } from '../core/index.ts';
import { fileProblems, invalid, jitless } from './check-document.ts';
import { distinct, expecting, listOf, optional, required, section, withDefault } from './fields.ts';
import { readConfigFile } from './find-config-file.ts';
import { platforms, text } from './scalars.ts';
import type { DeepReadonly } from './settings-schema.ts';
import { parseYaml } from './yaml-document.ts';

const image = section({
  name: required(text, { description: 'Image name without registry and tag.' }),
  dockerfile: optional(text, { description: 'Dockerfile, relative to the checkout.' }),
  context: optional(text, { description: 'Build context, relative to the checkout.' }),
  target: optional(text, { description: 'Stage of the Dockerfile to build.' }),
  platforms: optional(platforms, { description: 'Platforms to build for.' }),
  'build-args': withDefault(listOf(text, 'a list of build arguments as NAME=value'), [], {
    description: 'Build arguments beside those of the command line.',
  }),
  tags: withDefault(listOf(text, 'a list of tags as VALUE or NAME=VALUE'), [], {
    description: 'Tags beside those of the command line.',
  }),
});

const matrixFile = section({
  images: required(
    expecting(
      z.array(image).check(
        z.minLength(1),
        distinct(({ name }) => name),
      ),
      { expected: 'a list of images, at least one' },
    ),
    { description: 'The images.' },
  ),
});

/** One of several images of a checkout; what it leaves out is that of the command line. Frozen. */
export type MatrixImage = DeepReadonly<z.output<typeof image>>;

/** Reads a matrix of images and checks it as a whole. Throws `config.invalid` with every problem, or `config.not-found`. */
export async function loadImageMatrix(file: string): Promise<readonly MatrixImage[]> {
  const { text: content } = await readConfigFile(file, 'named by --matrix');
  const found = parseYaml(content, file);
  if (found.kind === 'refused') throw invalid(file, found.problems);
  const problems = [...found.problems, ...fileProblems(matrixFile, found.document)];
  if (problems.length > 0) throw invalid(file, problems);
  return deepFreeze(z.parse(matrixFile, found.document.tree, jitless)).images;
}
