import type { ImageBuilderError } from '../core/index.ts';
import type { BuildReport } from '../report/index.ts';

/** How a build ended, wherever it was carried out. */
export interface SubmitResult {
  /** Complete however the build ended. */
  readonly report: BuildReport;
  /** Why the build did not succeed. */
  readonly error?: ImageBuilderError;
}

/** Where builds are carried out: a pipeline of Azure DevOps, or this machine. */
export interface Backend<Request> {
  readonly kind: 'azure-devops' | 'local';
  /** Throws only when the build was not even begun; what it knows of one that was is in the result. */
  carryOut(request: Request, signal: AbortSignal): Promise<SubmitResult>;
}
