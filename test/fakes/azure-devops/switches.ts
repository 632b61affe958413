/**
 * What nobody here has seen of the real service: one position each, any of which may be the true one. The numbers are
 * those of the open questions in the contract; question 8 is about GitHub.
 */
export interface Switches {
  /** 1: `Run.state` while the build is `notStarted`. */
  readonly stateWhileQueued: 'inProgress' | 'unknown';
  /** 2: `Run.result` of a build that is `partiallySucceeded`. */
  readonly partiallySucceededRun: 'succeeded' | 'failed' | 'unknown';
  /** 3: timeline and list of logs before a job has started. */
  readonly beforeFirstJob: 'empty' | 'null' | 'no-content';
  /** 4: whether a preview has `id` and `state`. */
  readonly previewAnswer: 'yaml-only' | 'unsaved-run';
  /** 5: whether `?changeId=` on the timeline leaves out records that did not change. */
  readonly changeId: 'ignored' | 'incremental';
  /** 6: whether a log beyond a page has several ids, of which the record shows the last. */
  readonly longLogs: 'one' | 'paged';
  /** 7: how missing, unexpected and invalid parameters are refused. */
  readonly parameterRefusal: { readonly status: number; readonly typeKey: string };
  /** 9: how output variables of a job of a matrix are called: `LEG.step.variable`, or the last leg's without `LEG`. */
  readonly legOutputs: 'leg' | 'none';
  /** 10: whether the tenant lets tokens through that come with `X-TFS-FedAuthRedirect: Suppress`. */
  readonly suppressHeader: 'allowed' | 'refused';
  /** 11: how an Entra token that has expired is refused, whatever the header says. */
  readonly expiredToken: 'as-any-other' | '401' | '203' | '302';
  /** How a token is refused that comes without the Suppress header. */
  readonly refusedToken: '203' | '302';
  /** Whether records that steps write by `task.logdetail` stand in the timeline of the run, or in one of their own. */
  readonly logDetail: 'own-timeline' | 'main-timeline';
  /**
   * Who hears of a cancel: all processes of the step, by SIGINT, SIGTERM and SIGKILL; or only bash, by SIGTERM, as the
   * source of the task CmdLine has it: its children go on until the job ends, unless bash became one of them by `exec`.
   */
  readonly cancelSignal: 'group' | 'shell';
  /** What a script is whose bash dies of a signal that nobody here has sent; the source of CmdLine lets it succeed. */
  readonly signalledScript: 'succeeded' | 'failed';
  /** What a job is that ran out of time. */
  readonly timedOutJob: 'canceled' | 'failed';
}

export const defaultSwitches: Switches = {
  stateWhileQueued: 'inProgress',
  partiallySucceededRun: 'succeeded',
  beforeFirstJob: 'empty',
  previewAnswer: 'unsaved-run',
  changeId: 'ignored',
  longLogs: 'one',
  parameterRefusal: { status: 400, typeKey: 'PipelineValidationException' },
  legOutputs: 'leg',
  suppressHeader: 'allowed',
  expiredToken: 'as-any-other',
  refusedToken: '203',
  logDetail: 'own-timeline',
  cancelSignal: 'group',
  signalledScript: 'succeeded',
  timedOutJob: 'canceled',
};
