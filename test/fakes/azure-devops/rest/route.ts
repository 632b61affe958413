import type { IncomingMessage } from 'node:http';
import type { RestAnswer } from './refusal.ts';
import type { Service } from './service.ts';

/** One request to a route, with what its path and query say. */
export interface RestCall {
  readonly service: Service;
  readonly request: IncomingMessage;
  /** By the names in the pattern of the route. */
  readonly path: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  readonly body: Buffer;
}

export interface Route {
  readonly method: string;
  /** Below `_apis`; `{name}` stands for any segment. */
  readonly pattern: string;
  /** Names that may stand in the query beside `api-version`. */
  readonly query: readonly string[];
  readonly answer: (call: RestCall) => RestAnswer;
}

/** The values of `{name}` segments; `undefined` if the path is another one. Case does not matter. */
export function matchRoute(pattern: string, segments: readonly string[]): Record<string, string> | undefined {
  const parts = pattern.split('/');
  if (parts.length !== segments.length) return undefined;
  const values: Record<string, string> = {};
  for (const [index, part] of parts.entries()) {
    const segment = segments[index] ?? '';
    if (part.startsWith('{')) values[part.slice(1, -1)] = segment;
    else if (part.toLowerCase() !== segment.toLowerCase()) return undefined;
  }
  return values;
}
