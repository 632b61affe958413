/** A word of the command line as an error repeats it: a long one in a wrong place may be a token. */
export function shortened(word: string): string {
  return word.length > 60 ? `${word.slice(0, 8)}…` : word;
}
