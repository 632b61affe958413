import { join } from 'node:path';
import type { X509Certificate } from '@peculiar/x509';
import type { PlannedFile } from './development-files.ts';

export interface DevelopmentConfigOptions {
  /** Absolute path of the directory that everything is in. */
  readonly directory: string;
  /** Repositories that the client may have signed; all on this machine when there is none. */
  readonly scopes: readonly string[];
  /** Names and addresses of the signing service beside those of this machine. */
  readonly hosts: readonly string[];
  /** Of the signing service. */
  readonly port: number;
  /** What the service signs with. */
  readonly signer: X509Certificate;
  /** That the client shows to the service. */
  readonly client: X509Certificate;
}

/** Registries of developers listen here. */
const thisMachine = 'localhost:5000';

/** The configuration of the signing service, and the part of a configuration that has images signed by it. */
export function developmentConfigs(options: DevelopmentConfigOptions): readonly PlannedFile[] {
  return [
    {
      path: 'signing-service.yaml',
      content: serviceConfig(options),
      description: 'configuration of the signing service',
      secret: false,
    },
    {
      path: 'sign-config.yaml',
      content: signConfig(options),
      description: 'part of the configuration of a build that is signed',
      secret: false,
    },
  ];
}

function serviceConfig({ scopes, hosts, port, client }: DevelopmentConfigOptions): string {
  const guns = scopes.length === 0 ? [thisMachine] : scopes;
  return `# Paths count from this folder. Start it: image-builder signing-service --config signing-service.yaml
listen: ${hosts.length === 0 ? '127.0.0.1' : '0.0.0.0'}:${port}
tls:
  cert: service/certificate.pem
  key: service/key.pem
  client-ca: service/client-ca.pem
signer:
  key: signing/key.pem
  chain: signing/chain.pem
allow:
  - subject: ${JSON.stringify(client.subject)}
    # What this client may have signed: repositories or registries, and all below them.
    guns:
${guns.map((gun) => `      - ${JSON.stringify(gun)}\n`).join('')}`;
}

function signConfig({ directory, hosts, port, signer }: DevelopmentConfigOptions): string {
  const path = (...parts: string[]) => JSON.stringify(join(directory, ...parts));
  return `
# Append this to the configuration of a build.
sign-config:
  enabled-signers:
    '*':
      - signing-service
  signers:
    - name: signing-service
      type: notary
      config:
        endpoint: https://${hosts[0] ?? 'localhost'}:${port}/sign
        ca: ${path('client', 'service-ca.pem')}
        secret:
          path: ${path('client', 'signify-secret.json')}
          type: signify
        retry-timeout: 1s
        signed-by: ${JSON.stringify(signer.subject)}
    # Signs without a service, with a key that the builder itself can read.
    - name: embedded
      type: notation
      config:
        key: ${path('signing', 'key.pem')}
        chain: ${path('signing', 'chain.pem')}
trust:
  directory: ${path('notation')}
`;
}
