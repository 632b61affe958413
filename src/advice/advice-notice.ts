import type { ProgressEvent } from '../progress/index.ts';

/** An advice as reports have it, which other versions of this program may have written. */
interface ReportedAdvice {
  readonly rule: string;
  readonly message: string;
  readonly saves?: string | undefined;
  readonly file?: string | undefined;
  readonly line?: number | undefined;
}

/** What a display shows of an advice; CI runners show it on its line. */
export function adviceNotice({ rule, message, saves, file, line }: ReportedAdvice): ProgressEvent {
  const place = [file, line].filter((part) => part !== undefined).join(':');
  const text = saves === undefined ? message : `${message}; ${saves}`;
  return {
    kind: 'notice',
    level: 'warning',
    title: rule,
    message: `${place === '' ? '' : `${place}: `}${text} (advice "${rule}")`,
    ...(file === undefined ? {} : { file }),
    ...(line === undefined ? {} : { line }),
  };
}
