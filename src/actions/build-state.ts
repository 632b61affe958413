/** What the step tells its post step: the run that it follows, and that the run has ended. */
export const [runState, endedState] = ['run', 'ended'] as const;
