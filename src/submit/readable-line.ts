/** What the agent's formatting of a line becomes for readers whose display has another. */
const words: Readonly<Record<string, string | undefined>> = {
  group: '== ',
  section: '== ',
  command: '$ ',
  warning: 'warning: ',
  error: 'error: ',
  debug: '',
};

/** A line of a log without the formatting of the agent; undefined for one that says only where a step begins or ends. */
export function readableLine(untrustedLine: string): string | undefined {
  const [, name = '', text = ''] = /^##\[(\w+)\](.*)$/s.exec(untrustedLine) ?? [];
  if (name === 'endgroup' || (name === 'section' && /^(?:Starting|Finishing): /.test(text))) return undefined;
  const word = Object.hasOwn(words, name) ? words[name] : undefined;
  return word === undefined ? untrustedLine : `${word}${text}`;
}
