const factDescriptions = {
  '.Date': 'the date of the build in UTC, as yyyymmdd',
  '.ShortSHA': 'the first hexadecimal digits of the commit, as many as `short-sha-length` says',
  '.CommitSHA': 'the commit, full length',
  '.PRNumber': 'the number of the pull request; only in builds of a pull request',
} as const;

/** A field that stands for a fact of the build. */
export type FactName = keyof typeof factDescriptions;

interface Signature {
  readonly minimum: number;
  readonly maximum: number;
  readonly usage: string;
}

const callSignatures = {
  '.Time.Format': { minimum: 1, maximum: 1, usage: '.Time.Format "LAYOUT"' },
  '.Env': { minimum: 1, maximum: 1, usage: '.Env "NAME"' },
  and: { minimum: 1, maximum: Number.POSITIVE_INFINITY, usage: 'and A [B …]' },
  eq: { minimum: 2, maximum: Number.POSITIVE_INFINITY, usage: 'eq A B [C …]' },
  len: { minimum: 1, maximum: 1, usage: 'len TEXT' },
  ne: { minimum: 2, maximum: 2, usage: 'ne A B' },
  not: { minimum: 1, maximum: 1, usage: 'not A' },
  or: { minimum: 1, maximum: Number.POSITIVE_INFINITY, usage: 'or A [B …]' },
  printf: { minimum: 1, maximum: Number.POSITIVE_INFINITY, usage: 'printf "FORMAT" [A …]' },
  slice: { minimum: 1, maximum: 3, usage: 'slice TEXT [START [END]]' },
} as const satisfies Readonly<Record<string, Signature>>;

/** A method or a function; methods start with a dot. */
export type CallName = keyof typeof callSignatures;

/** How a method or function is called. */
export function signatureOf(name: CallName): Signature {
  return callSignatures[name];
}

export function isFactName(name: string): name is FactName {
  return Object.hasOwn(factDescriptions, name);
}

export function isCallName(name: string): name is CallName {
  return Object.hasOwn(callSignatures, name);
}

const callNames = Object.keys(callSignatures);

/** Facts and methods: all that starts with a dot. */
export const fieldNames: readonly string[] = [
  ...Object.keys(factDescriptions),
  ...callNames.filter((name) => name.startsWith('.')),
];

export const functionNames: readonly string[] = callNames.filter((name) => !name.startsWith('.'));

/** The fields that a tag template can use, for help and documentation. */
export const templateFacts: readonly { readonly name: string; readonly description: string }[] = [
  ...Object.entries(factDescriptions).map(([name, description]) => ({ name, description })),
  { name: callSignatures['.Time.Format'].usage, description: "the time of the build in UTC, in Go's layout" },
  {
    name: callSignatures['.Env'].usage,
    description: 'an environment variable that the configuration allows in tags',
  },
];
