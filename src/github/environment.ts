/** What the runner sets for a step. */
export type Environment = Readonly<Record<string, string | undefined>>;
