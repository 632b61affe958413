/** What an image runs on, as OCI image specification v1.1 names it. */
export interface Platform {
  readonly os: string;
  readonly architecture: string;
  readonly variant?: string;
}

const part = /^[a-z0-9][a-z0-9_.-]*$/;
const aliases: Readonly<Record<string, string>> = {
  x86_64: 'amd64',
  'x86-64': 'amd64',
  aarch64: 'arm64',
  armhf: 'arm/v7',
  armel: 'arm/v6',
  i386: '386',
};

/** Reads `os/architecture[/variant]` with the aliases that containerd knows; undefined when it is none. */
export function parsePlatform(text: string): Platform | undefined {
  const [os = '', architecture = '', variant, ...rest] = text.trim().toLowerCase().split('/');
  if (rest.length > 0 || !part.test(os) || !part.test(architecture)) return undefined;
  if (variant !== undefined && !part.test(variant)) return undefined;
  const [known = '', impliedVariant] = (aliases[architecture] ?? architecture).split('/');
  return normalized(os, known, variant ?? impliedVariant);
}

/** containerd's normal form: arm64/v8 is arm64, plain arm is arm/v7, amd64/v1 is amd64. */
function normalized(os: string, architecture: string, variant: string | undefined): Platform {
  if (architecture === 'arm64' && variant === 'v8') return { os, architecture };
  if (architecture === 'amd64' && variant === 'v1') return { os, architecture };
  if (architecture === 'arm' && variant === undefined) return { os, architecture, variant: 'v7' };
  return variant === undefined ? { os, architecture } : { os, architecture, variant };
}

/** The inverse of `parsePlatform`. */
export function printPlatform(platform: Platform): string {
  const variant = platform.variant === undefined ? '' : `/${platform.variant}`;
  return `${platform.os}/${platform.architecture}${variant}`;
}
