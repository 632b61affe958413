import type { TaskResult, TimelineRecord } from '../../runs/timeline.ts';
import { CommandFault } from './command.ts';
import type { LoggingCommand } from './logging-command.ts';
import type { StepContext } from './step-context.ts';

const guid = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const states: Readonly<Record<string, TimelineRecord['state']>> = {
  Unknown: 'pending',
  Initialized: 'pending',
  InProgress: 'inProgress',
  Completed: 'completed',
};
const results: readonly TaskResult[] = [
  'succeeded',
  'succeededWithIssues',
  'failed',
  'canceled',
  'skipped',
  'abandoned',
];

/** Writes a record of its own into a timeline, whatever it likes to say there. */
export function logDetail(step: StepContext, { properties, data }: LoggingCommand): void {
  const id = properties.get('id') ?? '';
  if (!guid.test(id))
    throw new CommandFault("Can't update timeline record, timeline record id is not provided.");
  const { timeline, parent } = step.details();
  const known = timeline.find(id);
  const changes = changesIn(properties, data);
  if (known !== undefined) return void timeline.change(known, changes);
  const [name, type, parentId] = ['name', 'type', 'parentid'].map((key) => properties.get(key));
  if (!name || !type) throw new CommandFault('name and type are required for a new timeline record.');
  if (type === 'Job') throw new CommandFault('A timeline record of a step cannot be a job.');
  if (parentId !== undefined && timeline.find(parentId) === undefined)
    throw new CommandFault('Parent timeline record has not been created for this timeline record.');
  const order = Number(properties.get('order') ?? Number.NaN);
  const parts = {
    id,
    type,
    name,
    parentId: parentId ?? parent,
    order: Number.isInteger(order) ? order : null,
  };
  timeline.add({ state: 'inProgress', ...changes, ...parts });
}

function changesIn(properties: LoggingCommand['properties'], data: string): Partial<TimelineRecord> {
  const [state, result, progress] = ['state', 'result', 'progress'].map((key) => properties.get(key));
  const told = result?.toLowerCase();
  return {
    ...(data !== '' && { currentOperation: data }),
    ...(state !== undefined && { state: states[state] ?? 'pending' }),
    ...(told !== undefined && { result: results.find((one) => one.toLowerCase() === told) ?? 'succeeded' }),
    ...(progress !== undefined && { percentComplete: Math.min(Math.max(Number(progress) || 0, 0), 100) }),
    ...(properties.has('starttime') && { startTime: properties.get('starttime') ?? null }),
    ...(properties.has('finishtime') && { finishTime: properties.get('finishtime') ?? null }),
  };
}
