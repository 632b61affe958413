/** Where the display of a CI runner writes. Texts are whole lines, neutralised, without the last line break. */
export interface RunnerStream {
  /** Something that the runner is to obey. */
  readonly command: (line: string) => void;
  /** A line of ours, in which nothing of others stands that is longer than a name. */
  readonly say: (line: string) => void;
  /** Passes on what others wrote. */
  readonly relay: (text: string) => void;
  /** From here on the runner obeys again, whoever speaks to it. */
  readonly endRelay: () => void;
}
