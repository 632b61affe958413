import { neutralise } from '../progress/index.ts';

/** Lines kept of what buildx writes for people, beside the status. */
const keptLines = 50;

/** BuildKit's way to point at a place: a line `Dockerfile:3`, then a rule, then the lines themselves. */
const placePattern = /:(\d+)$/;
const rule = '--------------------';

/**
 * What buildx says in words. Nothing is concluded from them but what it says nowhere else: the reason of a build that
 * fails before any step, and its line.
 */
export class EngineWords {
  #lines: string[] = [];

  take(line: string): void {
    if (line === '' || isNoise(line)) return;
    this.#lines.push(line.slice(0, 2000));
    if (this.#lines.length > 2 * keptLines) this.#lines = this.#lines.slice(-keptLines);
  }

  /** The last lines, neutralised. */
  tail(count: number): string[] {
    return this.#lines.slice(-count).map(neutralise);
  }

  /** The last line that reports an error, without `ERROR:` and what buildx was about to do. */
  get reason(): string | undefined {
    const line = this.#lines.findLast((text) => text.startsWith('ERROR: '));
    return line?.slice('ERROR: '.length).replace(/^failed to build: /, '');
  }

  /** The 1-based line of the Dockerfile that BuildKit points at. */
  get place(): number | undefined {
    const at = this.#lines.findIndex(
      (line, index) => placePattern.test(line) && this.#lines[index + 1] === rule,
    );
    const [, line] = placePattern.exec(this.#lines[at] ?? '') ?? [];
    return line === undefined ? undefined : Number(line);
  }
}

/** The exporter's complaint about a blob that two platforms share; it tries again by itself. */
function isNoise(line: string): boolean {
  return line.startsWith('ERROR: (*service).Write failed:') && line.includes(' locked for ');
}
