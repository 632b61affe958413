import { type Command, CommandFault } from './command.ts';

/** `##vso[build.…]`; none is allowed in restricted mode. */
export const buildCommands: Readonly<Record<string, Command>> = {
  addbuildtag: {
    allowedInRestrictedMode: false,
    carryOut: (step, { data }) => {
      if (data === '') throw new CommandFault('Build tag value is not set.');
      step.run.addTag(data);
    },
  },
  updatebuildnumber: {
    allowedInRestrictedMode: false,
    carryOut: (step, { data }) => {
      if (data === '') throw new CommandFault('Build number is required.');
      step.run.rename(data);
    },
  },
};
