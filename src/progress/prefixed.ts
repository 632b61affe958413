import type { EmitProgress, ProgressEvent } from './events.ts';

/** Tells the steps and messages of builds apart that run side by side. */
export function prefixed(name: string, emit: EmitProgress): EmitProgress {
  return (event) => emit(prefixedEvent(name, event));
}

function prefixedEvent(name: string, event: ProgressEvent): ProgressEvent {
  const titled = (text: string) => `${name}: ${text}`;
  if ('id' in event) {
    const id = `${name} ${event.id}`;
    return event.kind === 'step-started'
      ? { ...event, id, untrustedName: titled(event.untrustedName) }
      : { ...event, id };
  }
  if (event.kind === 'stage-started') return { ...event, title: titled(event.title) };
  if (event.kind === 'group-started') return { ...event, untrustedTitle: titled(event.untrustedTitle) };
  return event.kind === 'notice' ? { ...event, message: titled(event.message) } : event;
}
