import { ImageBuilderError, nearest, readStrictJson } from '../core/index.ts';
import type { Caller } from '../identity/index.ts';
import { eventOfJobType } from '../policy/index.ts';
import { type ParsedRequest, readRequest } from './parse-remote-request.ts';
import {
  encodings,
  type ParameterName,
  type PipelineParameters,
  parameterNames,
} from './pipeline-parameters.ts';

type Claims = Caller['claims'];

/**
 * The request that the parameters of a run stand for, in either form. What deployed callers do not send, and their
 * token says, is the token's. Throws `request.invalid`.
 */
export function decodeParameters(untrusted: PipelineParameters, claims: Claims): ParsedRequest {
  const known: readonly string[] = parameterNames;
  for (const name of Object.keys(untrusted)) if (!known.includes(name)) throw unknownParameter(name);
  const read = (name: ParameterName) => untrusted[name] ?? '';
  if (read('EnvFile') !== '') throw invalid('EnvFile', 'files of variables are not supported', envFileHint);
  const encoding = encodings.find((each) => each === (read('Encoding') || 'plain'));
  if (encoding === undefined) throw invalid('Encoding', `is "${read('Encoding')}", expected plain or base64`);
  const shared = { ...sourceOf(read), ...switchesOf(read) };
  return readRequest(encoding === 'plain' ? deployed(read, shared, claims) : encoded(read, shared));
}

type Read = (name: ParameterName) => string;

const envFileHint = 'write the variables as build arguments';

interface Shared {
  readonly source: Readonly<Record<string, unknown>>;
  readonly switches: Readonly<Record<string, boolean>>;
}

function encoded(read: Read, { source, switches }: Shared): unknown {
  const options = jsonOf(read, 'Options');
  if (typeof options !== 'object' || options === null || Array.isArray(options))
    throw invalid('Options', 'is no mapping');
  const [name, target] = [textOf(read, 'Name'), textOf(read, 'Target')];
  return {
    source: { ...source, ref: textOf(read, 'BaseRef'), runId: read('RunId') },
    build: {
      ...options,
      ...switches,
      ...(name === '' ? {} : { name }),
      ...(target === '' ? {} : { target }),
      dockerfile: textOf(read, 'Dockerfile'),
      context: textOf(read, 'Context'),
      buildArgs: jsonOf(read, 'BuildArgs'),
      tags: jsonOf(read, 'Tags'),
      platforms: jsonOf(read, 'Platforms'),
      secrets: [],
    },
  };
}

function deployed(read: Read, { source, switches }: Shared, claims: Claims): unknown {
  const [target, tagsBase64] = [read('Target'), read('Tags')];
  return {
    source: {
      ...source,
      // Of a pull request deployed callers send the base, which need not be the commit that the token names.
      ...(source.event === 'pull_request_target' && claims.sha !== undefined ? { eventSha: claims.sha } : {}),
      ref: claims.ref ?? fullRef(read('BaseRef')),
      runId: claims.runId ?? claims.buildNumber ?? '',
    },
    build: {
      ...switches,
      name: read('Name'),
      ...(target === '' ? {} : { target }),
      ...(tagsBase64 === '' ? {} : { tagsBase64 }),
      dockerfile: read('Dockerfile'),
      context: read('Context'),
      buildArgs: listOf(read('BuildArgs')),
      tags: [],
      platforms: listOf(read('Platforms')),
      buildContexts: [],
      secrets: [],
      registries: [],
      noCache: false,
    },
  };
}

function sourceOf(read: Read): Pick<Shared, 'source'> {
  const event = eventOfJobType(read('JobType'));
  if (event === undefined) throw invalid('JobType', `is "${read('JobType')}", which is no job type`);
  const isPull = event === 'pull_request_target';
  const number = read('PullNumber');
  if (isPull && !/^[1-9][0-9]{0,14}$/.test(number))
    throw invalid('PullNumber', 'is no number of a pull request');
  return {
    source: {
      owner: read('RepoOwner'),
      name: read('RepoName'),
      event,
      eventSha: read('PullBaseSHA'),
      commitSha: isPull ? read('PullPullSHA') : read('PullBaseSHA'),
      ...(isPull ? { pullRequest: Number(number) } : {}),
    },
  };
}

function switchesOf(read: Read): Pick<Shared, 'switches'> {
  return {
    switches: {
      exportTags: switchOf(read, 'ExportTags'),
      useGoModules: switchOf(read, 'UseGoInternalSAPModules'),
      useRestrictedRegistry: switchOf(read, 'useRestrictedRegistry'),
    },
  };
}

/** The service prints a boolean as `True`, whatever was sent. */
function switchOf(read: Read, name: ParameterName): boolean {
  const word = read(name).toLowerCase();
  if (word === 'true') return true;
  if (word === 'false' || word === '') return false;
  throw invalid(name, `is "${read(name)}", expected true or false`);
}

function textOf(read: Read, name: ParameterName): string {
  const bytes = Buffer.from(read(name), 'base64');
  if (bytes.toString('base64') !== read(name)) throw invalid(name, 'is not base64');
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (cause) {
    throw invalid(name, 'is not the base64 of a UTF-8 text', undefined, cause);
  }
}

function jsonOf(read: Read, name: ParameterName): unknown {
  const json = readStrictJson(Buffer.from(textOf(read, name)));
  if (json.kind === 'value') return json.value;
  throw invalid(name, 'is not the base64 of JSON');
}

function listOf(text: string): readonly string[] {
  return text.split(',').filter((part) => part.trim() !== '');
}

/** Deployed callers send a full ref for some events, and a branch for others. */
function fullRef(text: string): string {
  return text === '' || text.startsWith('refs/') ? text : `refs/heads/${text}`;
}

function unknownParameter(name: string): ImageBuilderError<'request.invalid'> {
  const near = nearest(name, parameterNames);
  return invalid(name, 'is not known', near === undefined ? undefined : `did you mean "${near}"?`);
}

function invalid(
  field: string,
  fault: string,
  hint?: string,
  cause?: unknown,
): ImageBuilderError<'request.invalid'> {
  return new ImageBuilderError(
    'request.invalid',
    `parameter "${field}" ${fault}`,
    { field },
    { hint, cause },
  );
}
