import type { Instruction } from './dockerfile.ts';

/** The words after the keyword, quotes kept. */
export function wordsOf({ text }: Instruction): readonly string[] {
  return text.split(/\s+/).slice(1);
}

/** The words of ARG and ENV: `NAME=value`, or only a name. */
export function declared(
  instruction: Instruction,
): readonly { readonly name: string; readonly value: string | undefined }[] {
  return wordsOf(instruction).map((word) => {
    const split = word.indexOf('=');
    if (split < 0) return { name: word, value: undefined };
    return { name: word.slice(0, split), value: word.slice(split + 1) };
  });
}

/** The values of a flag that stands before the other words, such as those of `mount` in `RUN --mount=… make`. */
export function flagValues(instruction: Instruction, name: string): readonly string[] {
  return flagsOf(instruction).flatMap((flag) => assigned(`--${name}`, flag));
}

/** What a mount says under one name: `from` of `type=bind,from=build`. */
export function mountField(mount: string, name: string): string | undefined {
  return mount.split(',').flatMap((field) => assigned(name, field))[0];
}

const synonyms: Readonly<Record<string, string>> = { dst: 'target', destination: 'target', src: 'source' };

/** Everything that a mount says, by names in lower case, each under the first of its names in the Dockerfile reference. */
export function mountFields(mount: string): ReadonlyMap<string, string> {
  return new Map(
    mount.split(',').map((field) => {
      const split = field.indexOf('=');
      const name = (split < 0 ? field : field.slice(0, split)).toLowerCase();
      return [synonyms[name] ?? name, split < 0 ? '' : field.slice(split + 1)];
    }),
  );
}

/** Whether these words of ADD may name something that lies elsewhere; a variable may hold anything. */
export function namesElsewhere(words: string): boolean {
  return /:\/\/|@[^\s/]+:|\$/.test(words);
}

function flagsOf(instruction: Instruction): readonly string[] {
  const words = wordsOf(instruction);
  const end = words.findIndex((word) => !word.startsWith('--'));
  return end < 0 ? words : words.slice(0, end);
}

function assigned(name: string, text: string): readonly string[] {
  const prefix = `${name}=`;
  return text.toLowerCase().startsWith(prefix) ? [text.slice(prefix.length)] : [];
}
