/** What a caller asks for, before anything of it was checked. Every text is as the caller wrote it. */
export interface BuildRequest {
  /** Image name without registry and tag; the repository's name when absent. */
  readonly name?: string;
  /** Relative to the checkout. */
  readonly dockerfile: string;
  readonly context: string;
  readonly target?: string;
  /** `VALUE` or `NAME=VALUE`. */
  readonly tags: readonly string[];
  /** Base64 of comma-separated tags. */
  readonly tagsBase64?: string;
  /** `NAME=value`, or `NAME` to take the value of the environment. */
  readonly buildArgs: readonly string[];
  /** `NAME=DIR`, relative to the checkout. */
  readonly buildContexts: readonly string[];
  /** `id=ID,env=NAME` or `id=ID,src=FILE`. */
  readonly secrets: readonly string[];
  /** Each may name several, separated by commas or line ends. None: the configured ones. */
  readonly platforms: readonly string[];
  readonly exportTags: boolean;
  readonly useRestrictedRegistry: boolean;
  /** Whether the build gets the logins for private Go modules. */
  readonly useGoModules: boolean;
  /** Take the place of the configured repositories. */
  readonly registries: readonly string[];
  readonly noCache: boolean;
}
