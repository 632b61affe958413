import { adviceNotice } from '../advice/index.ts';
import { readAdvised } from './plan-advice.ts';
import type { Run } from './run.ts';

/**
 * Reads what advice is about while `building` runs, and gives it when that has ended, since only then it is known what
 * emulation cost. Advice is given of a build that failed too, for instance because it took too long.
 */
export async function withAdvice<T>(run: Run, building: () => Promise<T>): Promise<T> {
  const ended = new AbortController();
  const reading = readAdvised(run, ended.signal);
  try {
    return await building();
  } finally {
    ended.abort();
    const advise = await reading;
    if (!run.signal.aborted)
      giveAdvice(run, advise(run.record.builds.flatMap(({ outcome }) => outcome.runs)));
  }
}

function giveAdvice({ record, emit }: Run, advice: Run['record']['advice']): void {
  record.advice = advice;
  for (const each of advice) emit(adviceNotice(each));
}
