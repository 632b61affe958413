import { isProductionEvent } from '../policy/index.ts';

/**
 * How much a build is trusted, by its event and by whether policy trusts it as much as production, which is signed: what a
 * rule builds from any branch and leaves unsigned must not be read by what is signed.
 */
export function cacheTier(event: string, trusted: boolean): string {
  if (!isProductionEvent(event)) return event.replaceAll('_', '-');
  return trusted ? 'trusted' : 'unsigned';
}
