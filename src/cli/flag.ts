/** One flag of the command line. Without `value` it is a switch. */
export interface Flag {
  readonly name: string;
  /** Placeholder of the value as help shows it. */
  readonly value?: string;
  readonly repeatable?: boolean;
  readonly description: string;
  /** Set for flags that only deployed callers use; help leaves them out unless asked for everything. */
  readonly deployed?: boolean;
}
