import { describe, expect, test } from 'vitest';
import { runCommand } from './run-command.ts';

const node = (script: string): [string, ...string[]] => [process.execPath, '-e', script];

/** Runs the script and interrupts it when it has said something. */
function interrupt(script: string): Promise<number | undefined> {
  const controller = new AbortController();
  return runCommand(node(script), {
    env: process.env,
    signal: controller.signal,
    onStdout: () => controller.abort('SIGINT'),
  });
}

describe('runCommand', () => {
  test('hands over both streams and the exit code', async () => {
    const [out, error]: [string[], string[]] = [[], []];
    const exitCode = await runCommand(
      node('console.log("a"); console.error(process.env.X); process.exitCode = 3'),
      {
        env: { X: 'b', Y: undefined },
        onStdout: (chunk) => out.push(Buffer.from(chunk).toString()),
        onStderr: (chunk) => error.push(Buffer.from(chunk).toString()),
      },
    );
    expect([out.join(''), error.join(''), exitCode]).toEqual(['a\n', 'b\n', 3]);
  });

  test('has no exit code for a program that a signal ended', async () => {
    expect(await runCommand(node('process.kill(process.pid, "SIGKILL")'), { env: {} })).toBeUndefined();
  });

  test('rejects when there is no such program', async () => {
    await expect(runCommand(['/nowhere/program'], { env: {} })).rejects.toMatchObject({ code: 'ENOENT' });
  });

  test('interrupts the program and waits for its own end', async () => {
    const script = 'process.on("SIGINT", () => process.exit(42)); setInterval(() => {}, 1000); console.log()';
    expect(await interrupt(script)).toBe(42);
  });

  test('interrupts what the program started, and waits for that too', async () => {
    const child = '["-e", "setInterval(() => {}, 1000); console.log()"], { stdio: "inherit" }';
    const script = `require("child_process").spawn(process.execPath, ${child}); setInterval(() => {}, 1000)`;
    expect(await interrupt(script)).toBeUndefined();
  });

  test('stops at once when it was cancelled before', async () => {
    const exitCode = await runCommand(node('setInterval(() => {}, 1000)'), {
      env: {},
      signal: AbortSignal.abort(),
    });
    expect(exitCode).toBeUndefined();
  });

  test('leaves no listener behind', async () => {
    const before = process.listenerCount('exit');
    await runCommand(node(''), { env: {} });
    expect(process.listenerCount('exit')).toBe(before);
  });
});
