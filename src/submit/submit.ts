import { type Clock, ImageBuilderError, isFailure, reasonOf } from '../core/index.ts';
import { earlyFailureReport } from '../report/index.ts';
import type { Backend, SubmitResult } from './backend.ts';

export interface Submission<Request> {
  readonly request: Request;
  readonly backend: Backend<Request>;
  /** For the report of a build that never began. */
  readonly imageName: string;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

/** Has a request carried out and says how it ended. Does not throw: a build that never began has a report too. */
export async function submit<Request>(submission: Submission<Request>): Promise<SubmitResult> {
  const { request, backend, imageName, clock, signal } = submission;
  try {
    return await backend.carryOut(request, signal);
  } catch (thrown) {
    const error = isFailure(thrown)
      ? thrown
      : new ImageBuilderError('internal', reasonOf(thrown), { where: 'submit' }, { cause: thrown });
    return { report: earlyFailureReport({ imageName, error, now: clock() }), error };
  }
}
