import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { describe, expect, onTestFinished, test } from 'vitest';
import { Secret } from '../core/index.ts';
import { type Handlers, openEndpoint } from './endpoint.ts';

async function open(handlers: Handlers = {}) {
  const endpoint = await openEndpoint(new Secret('token'), handlers);
  onTestFinished(() => endpoint[Symbol.asyncDispose]());
  const call = async (line: string, host = '127.0.0.1') => {
    const socket = connect(endpoint.port, host);
    socket.end(line);
    return text(socket);
  };
  return { endpoint, call };
}

const echo: Handlers = {
  echo: async ({ key, argument, socket }) => {
    socket.write(`${key} ${argument} ${await text(socket)}`);
  },
};

describe('the endpoint', () => {
  test('hands key, argument and all that follows the line to the handler of the verb', async () => {
    const { endpoint, call } = await open(echo);
    expect(await call('token echo k a\nmore\nlines')).toBe('k a more\nlines');
    expect(endpoint.reached()).toBe(true);
  });

  test('answers each call once', async () => {
    const { call } = await open(echo);
    expect(await call('token echo k -\nx')).toBe('k - x');
    expect(await call('token echo k -\nx')).toBe('');
    expect(await call('token echo other -\nx')).toBe('other - x');
  });

  test.each([
    ['another token', 'Token echo k -\n'],
    ['a part of the token', 'toke echo k -\n'],
    ['no token', '\n'],
    ['a line that never ends', 'x'.repeat(2_000)],
  ])('does not answer %s, and does not take it for the helper', async (_, line) => {
    const { endpoint, call } = await open(echo);
    expect(await call(line).catch(() => '')).toBe('');
    expect(endpoint.reached()).toBe(false);
  });

  test.each(['toString', '__proto__', 'none'])('knows no verb %s', async (verb) => {
    const { call } = await open(echo);
    expect(await call(`token ${verb} k -\n`).catch(() => '')).toBe('');
  });

  test('tells what went wrong first at this end', async () => {
    const { endpoint, call } = await open({
      fail: async () => {
        throw new Error('at this end');
      },
    });
    await call('token fail k -\n').catch(() => '');
    expect(endpoint.failure()).toMatchObject({ message: 'at this end' });
  });

  test('listens on loopback alone, and is gone when disposed of', async () => {
    const { endpoint, call } = await open(echo);
    await expect(call('token echo k -\n', '127.0.0.2')).rejects.toThrow('ECONNREFUSED');
    await endpoint[Symbol.asyncDispose]();
    await expect(call('token echo k -\n')).rejects.toThrow('ECONNREFUSED');
  });
});
