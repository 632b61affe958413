import { createHash, randomBytes } from 'node:crypto';

/** The tokens that the service takes, and until when. */
export class Credentials {
  readonly #personal: ReadonlySet<string>;
  readonly #issued = new Map<string, number>();
  readonly #clock: () => Date;

  constructor(personal: readonly string[], clock: () => Date) {
    this.#personal = new Set(personal);
    this.#clock = clock;
  }

  get issued(): readonly string[] {
    return [...this.#issued.keys()];
  }

  /** A bearer token that is good for so many seconds. */
  readonly issue = (seconds: number): string => {
    const token = `eyJ.${randomBytes(24).toString('base64url')}.${createHash('sha256').update('emulator').digest('base64url')}`;
    this.#issued.set(token, this.#clock().getTime() + seconds * 1_000);
    return token;
  };

  /** Makes all issued tokens expire now. */
  expireAll(): void {
    for (const token of this.#issued.keys()) this.#issued.set(token, 0);
  }

  judge(authorization: string | undefined): 'good' | 'bad' | 'expired' {
    const [, scheme = '', value = ''] = /^(\S+)\s+(.*)$/.exec(authorization ?? '') ?? [];
    if (scheme.toLowerCase() === 'basic') {
      const decoded = Buffer.from(value, 'base64').toString();
      return this.#personal.has(decoded.slice(decoded.indexOf(':') + 1)) ? 'good' : 'bad';
    }
    const until = scheme.toLowerCase() === 'bearer' ? this.#issued.get(value) : undefined;
    if (until === undefined) return 'bad';
    return until > this.#clock().getTime() ? 'good' : 'expired';
  }
}
