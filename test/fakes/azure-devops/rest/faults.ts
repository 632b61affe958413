import type { SignInForm } from './sign-in.ts';

/** What goes wrong with a request. */
export type Fault =
  /** 429; `retryAfter` in seconds. */
  | { readonly kind: 'throttled'; readonly retryAfter?: number }
  /** A good answer that says to slow down. */
  | { readonly kind: 'warned'; readonly retryAfter: number }
  | { readonly kind: 'status'; readonly status: number; readonly message?: string }
  /** 503 with a byte order mark, as of an organisation that was stopped. */
  | { readonly kind: 'stopped' }
  | { readonly kind: 'sign-in'; readonly form: SignInForm }
  /** The connection ends without an answer; what was asked for has been done, or not. */
  | { readonly kind: 'dropped'; readonly executed: boolean }
  /** Half of the answer, then the connection ends. */
  | { readonly kind: 'truncated' }
  /** The answer comes so many milliseconds late; what was asked for is done at once, or as late. */
  | { readonly kind: 'slow'; readonly milliseconds: number; readonly executed?: true }
  /** Any other answer. */
  | { readonly kind: 'answer'; readonly status: number; readonly contentType: string; readonly body: string };

export interface FaultRule {
  /** All methods when left out. */
  readonly method?: string;
  /** Tested against the path with its query, without the organization; everything when left out. */
  readonly path?: RegExp;
  /** How often; 1 when left out. */
  readonly times?: number;
  /** How many requests to let through before. */
  readonly after?: number;
  readonly fault: Fault;
}

/** The faults that were ordered, the first that fits is taken. */
export class Faults {
  readonly #rules: { readonly rule: FaultRule; seen: number; hits: number }[] = [];

  /** Counts how often it has struck. */
  add(rule: FaultRule): { readonly hits: number; readonly end: () => void } {
    const entry = { rule, seen: 0, hits: 0 };
    this.#rules.push(entry);
    return {
      get hits() {
        return entry.hits;
      },
      end: () => {
        const at = this.#rules.indexOf(entry);
        if (at >= 0) this.#rules.splice(at, 1);
      },
    };
  }

  take(method: string, path: string): Fault | undefined {
    for (const entry of this.#rules) {
      const { rule } = entry;
      const fits = (rule.method ?? method) === method && (rule.path === undefined || rule.path.test(path));
      if (!fits || entry.hits >= (rule.times ?? 1)) continue;
      if (entry.seen++ < (rule.after ?? 0)) continue;
      entry.hits++;
      return rule.fault;
    }
    return undefined;
  }
}
