import { storedZip } from '../../go-modules/stored-zip.ts';
import type { StoredLog } from '../runs/log-store.ts';
import type { Run } from '../runs/run.ts';
import { serviceTime } from '../runs/service-time.ts';
import { Refusal, type RestAnswer } from './refusal.ts';
import type { RestCall } from './route.ts';
import type { Service } from './service.ts';

/** In place of a list, as long as no job has started. */
export function noLogsYet(run: Run, { switches }: Service): RestAnswer | undefined {
  if (run.status !== 'notStarted' || switches.beforeFirstJob === 'empty') return undefined;
  return switches.beforeFirstJob === 'null' ? { status: 200, body: null } : { status: 204 };
}

export function logShape(log: StoredLog, url: string): object {
  return {
    lineCount: log.lineCount,
    createdOn: serviceTime(log.createdOn),
    lastChangedOn: serviceTime(log.lastChangedOn),
    id: log.id,
    type: 'Container',
    url: `${url}/${log.id}`,
  };
}

/** One log in the form that `Accept` asks for; a text begins with a byte order mark. */
export function logAnswer(log: StoredLog, { request, query }: RestCall): RestAnswer {
  const first = Math.max(lineNumber(query, 'startLine') ?? 1, 1);
  const last = Math.min(lineNumber(query, 'endLine') ?? log.lineCount, log.lineCount);
  const accept = request.headers.accept ?? '';
  if (/application\/json/i.test(accept)) {
    const value = [...log.lines(first, last)];
    return { status: 200, body: { count: value.length, value } };
  }
  if (/application\/zip/i.test(accept)) {
    const text = [...textOf(log, first, last)].join('');
    return { status: 200, contentType: 'application/zip', body: storedZip({ [`${log.id}.txt`]: text }) };
  }
  return { status: 200, contentType: 'text/plain', body: textOf(log, first, last) };
}

function* textOf(log: StoredLog, first: number, last: number): Generator<string> {
  yield '\uFEFF';
  let piece: string[] = [];
  for (const line of log.lines(first, last)) {
    piece.push(line, '\r\n');
    if (piece.length < 1_000) continue;
    yield piece.join('');
    piece = [];
  }
  yield piece.join('');
}

function lineNumber(query: URLSearchParams, name: string): number | undefined {
  const text = query.get(name);
  if (text === null) return undefined;
  if (!/^\d+$/.test(text))
    throw new Refusal(400, 'ArgumentException', `The value '${text}' is not valid for ${name}.`, 0);
  return Number(text);
}
