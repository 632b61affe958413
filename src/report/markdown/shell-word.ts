/** Whether people may copy a reference into a shell without a look: it is one word there, and no option. */
export function isShellWord(untrusted: string): boolean {
  return /^[A-Za-z0-9][\w./:@-]{0,500}$/.test(untrusted);
}
