import { once } from 'node:events';
import { Readable } from 'node:stream';
import { describe, expect, test } from 'vitest';
import { openTestAzure } from '../../test/fakes/azure-devops/open-azure.ts';
import { type Reply, startScriptedService } from '../../test/fakes/azure-devops/scripted-service.ts';
import { serve } from '../../test/fakes/registry/open-http.ts';

const stamp = (at: number) => `2026-03-04T05:06:07.${String(at).padStart(7, '0')}Z`;
const texts = Array.from({ length: 200 }, (_, at) => `line ${at} äöü`);
const log = texts.map((text, at) => `${stamp(at)} ${text}\n`);
const path = '/team/the%20project/_apis/build/builds/42/logs/9';

async function readFrom(reply: Reply) {
  const service = await startScriptedService(() => reply);
  const { azure, waits } = openTestAzure(service);
  return { service, waits, lines: await Array.fromAsync(azure.readLog(42, 9)) };
}

describe('a log', () => {
  test('is asked for as text, and gives lines without mark and timestamps', async () => {
    const { service, lines } = await readFrom({ body: `\ufeff${log.join('')}` });
    expect(lines).toEqual(texts);
    expect(service.seen).toHaveLength(1);
    expect(service.seen[0]).toMatchObject({ headers: { accept: 'text/plain' }, query: {} });
  });

  test.each<[string, Reply]>([
    ['empty', { body: '' }],
    ['no body', { status: 204 }],
    ['a mark alone', { body: '\ufeff' }],
  ])('that is %s has at most an empty line', async (_, reply) => {
    expect((await readFrom(reply)).lines.join('')).toBe('');
  });

  test('lets go of the connection when nobody wants the rest', async () => {
    let closed: Promise<unknown> | undefined;
    const server = await serve((_, response) => {
      closed = once(response, 'close');
      response.write('one\n');
    });
    const { azure } = openTestAzure({ organizationUrl: `${server.url.href}team` });
    for await (const line of azure.readLog(42, 9)) {
      expect(line).toBe('one');
      break;
    }
    await closed;
  });

  test('ends as cancelled when it is cancelled between two lines', async () => {
    const server = await serve((_, response) => void response.write('one\n'));
    const { azure } = openTestAzure({ organizationUrl: `${server.url.href}team` });
    const controller = new AbortController();
    const reading = async () => {
      for await (const _ of azure.readLog(42, 9, controller.signal)) controller.abort('SIGINT');
    };
    await expect(reading()).rejects.toMatchObject({ code: 'cancelled' });
  });
});

/** Where a reading with this `startLine` begins; nobody has described it. */
const countings = {
  'from 1': (startLine: number) => Math.max(0, startLine - 1),
  'from 0': (startLine: number) => startLine,
  'not at all': () => 0,
} as const;

interface Breaking {
  readonly counting: keyof typeof countings;
  /** Bytes after which each reading is cut; the last one is whole. */
  readonly cuts: readonly number[];
}

async function startBreakingService({ counting, cuts }: Breaking) {
  const asked: (string | null)[] = [];
  const server = await serve((request, response) => {
    const url = new URL(request.url ?? '', 'http://unused');
    expect(url.pathname).toBe(path);
    const startLine = url.searchParams.get('startLine');
    const first = startLine === null ? 0 : countings[counting](Number(startLine));
    const bytes = Buffer.from(log.slice(first).join(''));
    const cut = cuts[asked.length];
    asked.push(startLine);
    response.writeHead(200, { 'content-length': bytes.length });
    if (cut === undefined) response.end(bytes);
    else response.write(bytes.subarray(0, cut), () => response.destroy());
  });
  return { organizationUrl: `${server.url.href}team`, asked };
}

describe('a log whose connection breaks', () => {
  const lineBytes = Buffer.from(log[100] ?? '').length;

  // In the middle of a character, right after a line, before the place is found again, with no byte at all.
  const inTheMiddle = [lineBytes * 100 - 2, lineBytes * 30, lineBytes * 3 + 4, lineBytes * 40 + 7, 0];

  test.each<[keyof typeof countings, readonly number[]]>([
    ['from 1', inTheMiddle],
    ['from 0', inTheMiddle],
    ['not at all', [lineBytes * 100 - 2, lineBytes * 130, lineBytes * 3, lineBytes * 170 + 7]],
  ])('is read on, and each line comes once, when lines count %s', async (counting, cuts) => {
    const service = await startBreakingService({ counting, cuts });
    const { azure } = openTestAzure(service);
    expect(await Array.fromAsync(azure.readLog(42, 9))).toEqual(texts);
    expect(service.asked).toHaveLength(cuts.length + 1);
    expect(service.asked[0]).toBeNull();
    expect(Number(service.asked[1])).toBeGreaterThan(80);
  });

  test('after a few lines is read from the beginning', async () => {
    const service = await startBreakingService({ counting: 'from 0', cuts: [lineBytes * 4] });
    const { azure, waits } = openTestAzure(service);
    expect(await Array.fromAsync(azure.readLog(42, 9))).toEqual(texts);
    expect([service.asked, waits.length]).toEqual([[null, null], 1]);
  });

  test('is given up when no attempt gets further', async () => {
    const cuts = [lineBytes * 100, ...Array.from({ length: 50 }, () => 0)];
    const service = await startBreakingService({ counting: 'from 1', cuts });
    const { azure } = openTestAzure(service);
    await expect(Array.fromAsync(azure.readLog(42, 9))).rejects.toMatchObject({
      code: 'azure.unavailable',
      message: expect.stringMatching(/startLine=\d+: .*\(5 attempts\)$/),
    });
    expect(service.asked).toHaveLength(5);
  });

  test('and that is another one afterwards is not read on', async () => {
    const other = log.map((line) => line.replace('line', 'other'));
    let readings = 0;
    const server = await serve((_, response) => {
      const bytes = Buffer.from((readings++ === 0 ? log : other).join(''));
      response.writeHead(200, { 'content-length': bytes.length });
      if (readings > 1) response.end(bytes);
      else response.write(bytes.subarray(0, lineBytes * 100), () => response.destroy());
    });
    const { azure } = openTestAzure({ organizationUrl: `${server.url.href}team` });
    await expect(Array.fromAsync(azure.readLog(42, 9))).rejects.toMatchObject({
      code: 'azure.unavailable',
      message: expect.stringMatching(/the log is not the one that was read before$/),
    });
  });
});

describe('a log of 50 MB', () => {
  const size = 50_000_000;
  const aLot = 8_000_000;

  /** A service whose log is a piece again and again, sent as fast as it is taken. */
  async function startPouring(piece: Buffer) {
    const counted = { sent: 0 };
    function* pieces() {
      for (; counted.sent < size; counted.sent += piece.length) yield piece;
    }
    const server = await serve((_, response) => void Readable.from(pieces()).pipe(response));
    return { organizationUrl: `${server.url.href}team`, counted };
  }

  test('passes through without being held', async () => {
    const { organizationUrl, counted } = await startPouring(
      Buffer.from(`${stamp(1)} ${'x'.repeat(80)}\n`.repeat(500)),
    );
    const { azure } = openTestAzure({ organizationUrl });
    let [taken, held] = [0, 0];
    for await (const text of azure.readLog(42, 9)) {
      taken += text.length + stamp(1).length + 2;
      held = Math.max(held, counted.sent - taken);
    }
    expect(taken).toBe(counted.sent);
    expect(taken).toBeGreaterThanOrEqual(size);
    expect(held).toBeLessThan(aLot);
  });

  test('in a single line is cut', async () => {
    const { organizationUrl } = await startPouring(Buffer.alloc(100_000, 'x'));
    const { azure } = openTestAzure({ organizationUrl });
    const lines = await Array.fromAsync(azure.readLog(42, 9));
    expect(lines.map((line) => line.length)).toEqual([1024 * 1024 + 1]);
  });
});
