/** A node of BuildKit's graph. Times are RFC 3339 with nanoseconds. */
export interface Vertex {
  readonly digest: string;
  readonly name: string;
  /** Digests of the vertices it builds upon. */
  readonly inputs?: readonly string[];
  readonly started?: string;
  readonly completed?: string;
  readonly cached?: boolean;
  readonly error?: string;
}

/** One counter of a vertex, mostly of bytes. */
export interface VertexStatus {
  readonly vertex: string;
  readonly id: string;
  readonly current: number;
  readonly total?: number;
}

export interface VertexLog {
  readonly vertex: string;
  /** 1 is standard output, 2 standard error. */
  readonly stream: number;
  /** Base64; may end inside a character. */
  readonly data: string;
}

/** What BuildKit's Dockerfile linter has to say. */
export interface VertexWarning {
  /** Base64. */
  readonly short: string;
  readonly url?: string;
  readonly range?: readonly { readonly start: { readonly line: number } }[];
}

/**
 * One line of `--progress=rawjson`: what `client.SolveStatus` of BuildKit 0.13 and newer looks like as JSON. Fields
 * that are not read here are left out.
 */
export interface SolveStatus {
  readonly vertexes: readonly Vertex[];
  readonly statuses: readonly VertexStatus[];
  readonly logs: readonly VertexLog[];
  readonly warnings: readonly VertexWarning[];
}

/** Reads a line of buildx's standard error; undefined when it is text for people rather than status. */
export function parseSolveStatus(line: string): SolveStatus | undefined {
  if (!line.startsWith('{')) return undefined;
  const value = parseJson(line);
  if (typeof value !== 'object' || value === null) return undefined;
  const { vertexes, statuses, logs, warnings } = value as Record<string, unknown>;
  return {
    vertexes: listOf<Vertex>(vertexes, { digest: 'string', name: 'string' }),
    statuses: listOf<VertexStatus>(statuses, { vertex: 'string', id: 'string', current: 'number' }),
    logs: listOf<VertexLog>(logs, { vertex: 'string', stream: 'number', data: 'string' }),
    warnings: listOf<VertexWarning>(warnings, { short: 'string' }),
  };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** The entries that have what cannot be done without; newer engines may send more, broken ones less. */
function listOf<T>(value: unknown, required: Readonly<Record<string, 'string' | 'number'>>): T[] {
  if (!Array.isArray(value)) return [];
  return value.filter(
    (entry): entry is T =>
      typeof entry === 'object' &&
      entry !== null &&
      Object.entries(required).every(
        ([key, type]) => typeof (entry as Record<string, unknown>)[key] === type,
      ),
  );
}
