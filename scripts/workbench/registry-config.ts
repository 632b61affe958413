import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { bcrypt } from './bcrypt.ts';

/** How a registry lets callers in; neither of them means everybody. */
export interface RegistryAuth {
  /** Basic authentication of one user. */
  readonly htpasswd?: { readonly user: string; readonly password: string };
  /** Bearer tokens of an issuer; `rootcertbundle` is the path of a PEM file with its certificates. */
  readonly token?: {
    readonly realm: string;
    readonly service: string;
    readonly issuer: string;
    readonly rootcertbundle: string;
  };
}

export interface RegistrySettings extends RegistryAuth {
  /** Where the configuration is written. */
  readonly folder: string;
  /** Where the registry itself sees `folder` and its data; another path in a container. */
  readonly seenAs: { readonly folder: string; readonly data: string; readonly address: string };
}

/** Writes the configuration of docker-registry 2.8, https://distribution.github.io/distribution/about/configuration/. */
export async function writeRegistryConfig(settings: RegistrySettings): Promise<string> {
  const { folder, htpasswd, seenAs, token } = settings;
  await mkdir(folder, { recursive: true });
  if (htpasswd) {
    await writeFile(join(folder, 'htpasswd'), `${htpasswd.user}:${bcrypt(htpasswd.password)}\n`, {
      mode: 0o600,
    });
  }
  const users = { htpasswd: { realm: 'image-builder workbench', path: join(seenAs.folder, 'htpasswd') } };
  const config = {
    version: '0.1',
    log: { level: 'info' },
    storage: { filesystem: { rootdirectory: seenAs.data }, delete: { enabled: true } },
    http: { addr: seenAs.address, secret: 'only-for-tests' },
    ...(token ? { auth: { token } } : htpasswd ? { auth: users } : {}),
  };
  // JSON is YAML, and needs no library.
  const file = join(folder, 'config.yml');
  await writeFile(file, `${JSON.stringify(config, null, 2)}\n`);
  return file;
}
