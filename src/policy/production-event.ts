/** Images of these events are for use; all others are for trying out. */
const productionEvents: readonly string[] = ['push', 'schedule', 'workflow_dispatch'];

/** Whether images of this event are meant for production. */
export function isProductionEvent(event: string): boolean {
  return productionEvents.includes(event);
}
