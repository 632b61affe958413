import * as z from 'zod/mini';
import { distinct, expecting } from './fields.ts';
import { flag, oneOf } from './scalars.ts';

/** What builds are advised of, by the name of the rule; docs/advice.md explains each. */
export const adviceRules = [
  'go-build-a',
  'compiler-without-cache-mount',
  'sources-before-dependencies',
  'emulated-compile',
  'slow-emulation',
  'context-without-dockerignore',
] as const;

export type AdviceRule = (typeof adviceRules)[number];

const leftOut = expecting(z.array(oneOf(adviceRules)).check(distinct((rule) => rule)), {
  expected: 'a list of rules to leave out',
});

/** The rules in force: all, none, or all but those in the list. */
export const advice = z.pipe(
  expecting(z.union([flag, leftOut]), { expected: 'true, false or a list of rules to leave out' }),
  z.transform((value): readonly AdviceRule[] => {
    if (typeof value === 'boolean') return value ? adviceRules : [];
    return adviceRules.filter((rule) => !value.includes(rule));
  }),
);
