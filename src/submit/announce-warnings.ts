import type { EmitProgress } from '../progress/index.ts';
import type { BuildReport } from '../report/index.ts';

/** Shows what the build warned of, each once, on the line that it is about. */
export function announceWarnings({ warnings }: Pick<BuildReport, 'warnings'>, emit: EmitProgress): void {
  const shown = new Set<string>();
  for (const { message, file, line } of warnings) {
    const place = [file, line].filter((part) => part !== undefined).join(':');
    const text = place === '' ? message : `${place}: ${message}`;
    if (shown.has(text)) continue;
    shown.add(text);
    const [title] = /^\w+(?=: )/.exec(message) ?? [];
    emit({
      ...{ kind: 'notice', level: 'warning', message: text },
      ...(file === undefined ? {} : { file }),
      ...(line === undefined ? {} : { line }),
      ...(title === undefined ? {} : { title }),
    });
  }
}
