import { agentCommand } from './neutralise.ts';

/** JSON that says the same and holds no command for a CI runner that reads along; with a line break at its end. */
export function printJson(value: unknown, indent?: number): string {
  return `${JSON.stringify(value, null, indent).replace(agentCommand, '#\\u0023')}\n`;
}
