/** What a build will need, for the engine to get while it has to wait anyway. */
export interface Ahead {
  /** FROM instructions of images. */
  readonly images: readonly string[];
  /** Of the build, where it takes long to send. */
  readonly context: AheadContext | undefined;
  /** References of the layers that the build will use: steps that both share know no others. */
  readonly cacheFrom: readonly string[];
}

interface AheadContext {
  /** Absolute path. */
  readonly folder: string;
  /** Absolute path of the ignore file that goes before that of the context, if there is one. */
  readonly ignoreFile: string;
}
