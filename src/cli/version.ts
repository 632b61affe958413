/** Replaced by the bundler with the version of package.json. */
declare const IMAGE_BUILDER_VERSION: string | undefined;

/** The version of this program; `development` when it runs from its sources. */
export const version = typeof IMAGE_BUILDER_VERSION === 'string' ? IMAGE_BUILDER_VERSION : 'development';
