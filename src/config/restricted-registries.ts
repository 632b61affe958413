import * as z from 'zod/mini';
import { distinct, oneOrMore, optional, required, section } from './fields.ts';
import { repository } from './scalars.ts';

const restrictedPair = section({
  push: required(repository, { description: 'Repository that images are pushed to.' }),
  pull: optional(repository, {
    description: 'Repository that consumers pull from; the one pushed to when left out.',
  }),
});

/** Repositories that are read under another name than they are written under: one, or a list of them. */
export const restrictedRegistries = z.pipe(
  oneOrMore(restrictedPair, 'a mapping with "push" and "pull", or a list of them').check(
    distinct(({ push }) => push),
  ),
  z.transform((pairs) => pairs.map(({ push, pull = push }) => ({ push, pull }))),
);
