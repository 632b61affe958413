import { neutraliseLine } from './neutralise.ts';

interface NamedStep {
  readonly untrustedName: string;
  readonly platform?: string;
}

/** What a step is called on a display: `linux/arm64 builder 2/3 RUN make`. */
export function stepLabel({ platform, untrustedName }: NamedStep): string {
  return neutraliseLine(platform === undefined ? untrustedName : `${platform} ${untrustedName}`);
}
