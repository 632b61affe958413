import { setFlagsFromString } from 'node:v8';

/** Bytes of code that a function runs before it is compiled again; the most that the flag takes. */
const tieringBudget = 2 ** 31 - 1;

/**
 * Loads undici, which costs more than the rest of the start-up. Its parser of answers is WebAssembly: after some twenty
 * answers V8 would compile it again, for 0.2 s of a processor, and gain nothing, since the parser sees little but headers.
 */
export async function loadUndici() {
  setFlagsFromString(`--wasm-tiering-budget=${tieringBudget}`);
  // The named exports of a CommonJS package do not survive every bundler; its default export does.
  return (await import('undici')).default;
}
