import type { Display } from '../progress/index.ts';
import type { CommandRun } from './commands.ts';
import { openDisplay } from './open-display.ts';

/** Takes what is left to do when the answer is out, such as keeping caches. It is done side by side. */
export type Afterwards = (work: () => Promise<void>) => void;

/** `close` comes before the answer. */
export interface AnsweringTools extends Pick<Display, 'emit' | 'close'> {
  readonly afterwards: Afterwards;
}

/** Opens the display for `work`, and once more for what that leaves to do. */
export async function answering(
  run: CommandRun,
  work: (tools: AnsweringTools) => Promise<number>,
): Promise<number> {
  const left: (() => Promise<void>)[] = [];
  let display = openDisplay(run);
  try {
    return await work({
      emit: (event) => display.emit(event),
      close: () => display.close(),
      afterwards: (later) => left.push(later),
    });
  } finally {
    display.close();
    if (left.length > 0) {
      display = openDisplay(run);
      await Promise.all(left.map((later) => later()));
      display.close();
    }
  }
}
