import { cancelled, ImageBuilderError } from '../core/index.ts';
import type { HttpClient } from '../http/index.ts';
import type { EmitProgress } from '../progress/index.ts';
import { callGit, type GitCall, type GitResult } from './call-git.ts';
import { type Environment, gitEnvironment } from './git-environment.ts';
import type { RemoteRepository } from './git-remote.ts';
import type { GitServer } from './git-server.ts';

export interface FetchLimits {
  /** For everything. */
  readonly seconds: number;
  /** Without a byte from a server. */
  readonly stallSeconds: number;
  /** 2^20 bytes, of what is transferred and of the files that it becomes. */
  readonly megabytes: number;
  readonly files: number;
}

export interface FetchOptions {
  /** Servers that may be called. */
  readonly servers: readonly GitServer[];
  readonly submodules: boolean;
  readonly limits: FetchLimits;
  /** Of this process; git sees little of it. */
  readonly environment: Environment;
  /** A client that believes only these authorities (PEM), or those of the system. */
  readonly openHttp: (ca: string | undefined) => HttpClient;
  readonly emit: EmitProgress;
  readonly signal?: AbortSignal | undefined;
}

/** One fetch: what it may still use, and how it ends early. */
export interface FetchSession {
  readonly options: FetchOptions;
  /** Aborted by the caller, the clock or a limit; its reason is the error to throw. */
  readonly signal: AbortSignal;
  /** Ends everything that runs, with this error. */
  readonly stop: (error: ImageBuilderError) => void;
  /** Runs git, by default one that calls nobody. Throws why the session was stopped. */
  readonly git: (call: Omit<GitCall, 'env' | 'signal'> & Partial<Pick<GitCall, 'env'>>) => Promise<GitResult>;
  /** Counts files and bytes of all repositories together; stops the session at the limit. */
  readonly spend: (repository: RemoteRepository, used: FetchUse) => void;
}

export interface FetchUse {
  readonly files: number;
  readonly bytes: number;
}

/** Milliseconds; a longer timer would fire at once. */
const longestTimer = 2 ** 31 - 1;
const megabyte = 2 ** 20;

/** Runs `work` within the limits. `what` is fetched, for messages. */
export async function inSession<T>(
  options: FetchOptions,
  what: RemoteRepository,
  work: (session: FetchSession) => Promise<T>,
): Promise<T> {
  const { signal: callersSignal, limits } = options;
  const stopping = new AbortController();
  const { signal } = stopping;
  const cancel = () => stopping.abort(cancelled(callersSignal));
  if (callersSignal?.aborted) cancel();
  callersSignal?.addEventListener('abort', cancel, { once: true });
  const late = () => stopping.abort(tookTooLong(what, limits.seconds));
  const timer = setTimeout(late, Math.min(limits.seconds * 1000, longestTimer));
  try {
    signal.throwIfAborted();
    return await work(openSession(options, stopping));
  } catch (error) {
    // What was going on ends in many ways when it is stopped.
    throw signal.aborted ? signal.reason : error;
  } finally {
    clearTimeout(timer);
    callersSignal?.removeEventListener('abort', cancel);
  }
}

function openSession(options: FetchOptions, stopping: AbortController): FetchSession {
  const { limits, environment } = options;
  const { signal } = stopping;
  const used = { files: 0, bytes: 0 };
  const stop = (error: ImageBuilderError) => stopping.abort(error);
  return {
    options,
    signal,
    stop,
    async git({ env = gitEnvironment(environment), ...call }) {
      const result = await callGit({ ...call, env, signal });
      signal.throwIfAborted();
      return result;
    },
    spend(repository, { files, bytes }) {
      used.files += files;
      used.bytes += bytes;
      if (used.files > limits.files) stop(tooLarge(repository, `${limits.files} files`, 'max-files'));
      if (used.bytes > limits.megabytes * megabyte) stop(tooManyBytes(repository, limits));
    },
  };
}

/** The error of a commit that has more bytes than are fetched. */
export function tooManyBytes(repository: RemoteRepository, { megabytes }: FetchLimits): ImageBuilderError {
  return tooLarge(repository, `${megabytes} megabytes`, 'max-megabytes');
}

function tooLarge({ url, owner, name }: RemoteRepository, limit: string, key: string): ImageBuilderError {
  const message = `the commit of "${owner}/${name}" has more than ${limit}`;
  const hint = `make it smaller, or raise "source.${key}"`;
  return new ImageBuilderError('source.too-large', message, { url, limit }, { hint });
}

function tookTooLong({ url, owner, name }: RemoteRepository, seconds: number): ImageBuilderError {
  const message = `fetching "${owner}/${name}" took longer than ${seconds} s`;
  const hint = 'try again; if it needs the time, raise "source.timeout"';
  return new ImageBuilderError('source.unavailable', message, { url }, { hint });
}
