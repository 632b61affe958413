/** What deployed configurations and pipelines call an event. */
const jobTypes = {
  push: 'postsubmit',
  pull_request_target: 'presubmit',
  merge_group: 'merge_group',
  workflow_dispatch: 'workflow_dispatch',
  schedule: 'schedule',
} as const;

type JobEvent = keyof typeof jobTypes;

/** The job type of an event; undefined for one that is none of CI. */
export function jobTypeOf(event: string): (typeof jobTypes)[JobEvent] | undefined {
  return Object.hasOwn(jobTypes, event) ? jobTypes[event as JobEvent] : undefined;
}

/** The event of a job type; undefined for a word that is none. */
export function eventOfJobType(untrustedWord: string): JobEvent | undefined {
  const events = Object.keys(jobTypes) as JobEvent[];
  return events.find((event) => jobTypes[event] === untrustedWord);
}
