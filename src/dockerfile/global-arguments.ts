import { globalInstructions } from './dockerfile.ts';
import { expandWord, type Lookup } from './expand-word.ts';
import { declared } from './instruction-words.ts';

export interface ArgumentFacts {
  readonly untrustedText: string;
  /** os/architecture[/variant]. */
  readonly platform: string;
  /** The same of the builder, where it is known. */
  readonly buildPlatform?: string | undefined;
  readonly buildArgs: readonly (readonly [name: string, value: string])[];
}

/** The arguments that FROM can use: declared before the first stage, and those of the two platforms. */
export function globalArguments(facts: ArgumentFacts): Lookup {
  const given = new Map(facts.buildArgs);
  const values = platformArguments(facts, given);
  const lookup: Lookup = (name) => (values.has(name) ? values.get(name) : '');
  for (const instruction of globalInstructions(facts.untrustedText)) {
    if (instruction.keyword !== 'ARG') continue;
    for (const { name, value } of declared(instruction)) {
      const fallback = value === undefined ? lookup(name) : expandWord(value, lookup);
      values.set(name, given.get(name) ?? fallback);
    }
  }
  return lookup;
}

/** What becomes of a build argument that takes the name of one of these is not known here. */
function platformArguments(
  { platform, buildPlatform }: ArgumentFacts,
  given: ReadonlyMap<string, string>,
): Map<string, string | undefined> {
  const parts = [...partsOf('TARGET', platform), ...partsOf('BUILD', buildPlatform)];
  return new Map(parts.map(([name, value]) => [name, given.has(name) ? undefined : value]));
}

function partsOf(side: 'TARGET' | 'BUILD', platform: string | undefined): [string, string | undefined][] {
  const [os, arch, variant = ''] = platform?.split('/') ?? [];
  return [
    [`${side}PLATFORM`, platform],
    [`${side}OS`, os],
    [`${side}ARCH`, arch],
    [`${side}VARIANT`, platform === undefined ? undefined : variant],
  ];
}
