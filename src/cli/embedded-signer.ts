import { randomBytes } from 'node:crypto';
import type { ServiceConfig } from '../config/index.ts';
import type { AttachReferrer, RegistryClient } from '../registry/index.ts';
import type { Signer } from '../signers/index.ts';
import { type KeySource, localKey, notationSigner, timestamping } from '../signing/index.ts';
import { agent, type Connections, clock } from './connect.ts';

export type EmbeddedSettings = ServiceConfig['signer'];

export interface EmbeddedSignerInputs extends Pick<Connections, 'http'> {
  /** In the configuration, or another one for messages. */
  readonly name: string;
  readonly config: EmbeddedSettings;
  readonly resolvePath: (path: string) => string;
  readonly registry: RegistryClient;
  readonly attach: AttachReferrer;
  readonly warn: (message: string) => void;
  readonly signal: AbortSignal | undefined;
}

/** The signer that signs by itself, with the key files of the configuration. */
export function embeddedSigner(inputs: EmbeddedSignerInputs, key = embeddedKey(inputs)): Signer {
  const { name, config, http, resolvePath, signal } = inputs;
  const { timestampUrl: url, timestampRoots: roots } = config;
  const stamped = url !== undefined && roots !== undefined;
  return notationSigner(
    {
      name,
      key,
      format: config.format,
      signingAgent: agent,
      timestamping: stamped
        ? timestamping(
            { signer: name, url, rootsPath: resolvePath(roots) },
            { http, nonce: () => randomBytes(8), signal },
          )
        : undefined,
    },
    { ...inputs, clock },
  );
}

/** Its key, read from the files when it is needed, and again when they have changed. */
export function embeddedKey({
  name,
  config,
  resolvePath,
}: Pick<EmbeddedSignerInputs, 'name' | 'config' | 'resolvePath'>): KeySource {
  const { key, chain } = config;
  return localKey({ signer: name, keyPath: resolvePath(key), chainPath: resolvePath(chain) }, clock);
}
