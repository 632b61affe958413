import { adviceNotice } from '../advice/index.ts';
import type { EmitProgress } from '../progress/index.ts';
import type { BuildReport } from '../report/index.ts';

/** How much of it is shown: the trusted side gives less, and who calls itself so may give any amount. */
const mostAdvice = 20;

/** Shows what another stage of the build advises, each once, on the line that it is about. */
export function announceAdvice({ advice = [] }: Pick<BuildReport, 'advice'>, emit: EmitProgress): void {
  const notices = advice.slice(0, mostAdvice).map(adviceNotice);
  const once = new Map(notices.map((notice) => [JSON.stringify(notice), notice]));
  for (const notice of once.values()) emit(notice);
}
