import { spawn } from 'node:child_process';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..');
const stepMinutes = 20;

export interface StepResult {
  readonly name: string;
  readonly exitCode: number;
  readonly seconds: number;
  /** stdout and stderr as they came; empty when they were shown live. */
  readonly output: string;
}

/** Runs a command of the project in its root; with `live` its output goes to the terminal as it comes. */
export function runStep(name: string, command: readonly string[], live = false): Promise<StepResult> {
  const [file = '', ...args] = command;
  const started = performance.now();
  return new Promise((resolve) => {
    const stdio = live ? 'inherit' : 'pipe';
    const child = spawn(file, args, { cwd: root, stdio, timeout: stepMinutes * 60_000 });
    const chunks: Buffer[] = [];
    child.stdout?.on('data', (chunk: Buffer) => chunks.push(chunk));
    child.stderr?.on('data', (chunk: Buffer) => chunks.push(chunk));
    const end = (exitCode: number) =>
      resolve({
        name,
        exitCode,
        output: Buffer.concat(chunks).toString(),
        seconds: (performance.now() - started) / 1000,
      });
    child.on('error', (error) => {
      chunks.push(Buffer.from(error.message));
      end(127);
    });
    child.on('close', (code) => end(code ?? 1));
  });
}
