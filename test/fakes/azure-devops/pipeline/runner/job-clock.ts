import type { JobOrder } from './run-job.ts';

/** When a job is to stop: it is cancelled, or its time is over. A second time later nobody asks it any more. */
export class JobClock {
  readonly #timeout = new AbortController();
  readonly #kill = new AbortController();
  readonly #timers: NodeJS.Timeout[] = [];
  readonly cancelled: AbortSignal;
  readonly killed: AbortSignal;

  constructor({ environment, job, cancelled }: Pick<JobOrder, 'environment' | 'job' | 'cancelled'>) {
    const { minute } = environment.times;
    this.cancelled = AbortSignal.any([cancelled, this.#timeout.signal]);
    this.killed = AbortSignal.any([environment.closing, this.#kill.signal]);
    if (job.timeoutInMinutes > 0) this.#after(job.timeoutInMinutes * minute, this.#timeout);
    const startKilling = () => this.#after(job.cancelTimeoutInMinutes * minute, this.#kill);
    if (this.cancelled.aborted) startKilling();
    else this.cancelled.addEventListener('abort', startKilling, { once: true });
  }

  get isTimedOut(): boolean {
    return this.#timeout.signal.aborted;
  }

  onTimeout(listener: () => void): void {
    this.#timeout.signal.addEventListener('abort', listener, { once: true });
  }

  stop(): void {
    for (const timer of this.#timers) clearTimeout(timer);
  }

  #after(milliseconds: number, controller: AbortController): void {
    this.#timers.push(setTimeout(() => controller.abort(), milliseconds));
  }
}
