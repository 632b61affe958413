/** Characters. Whoever prints more in one line does not mean it for people. */
const maxLine = 1024 * 1024;
/** What the agent puts before every line. */
const timestamp = /^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{7}Z(?: |$)/;

export interface LogLines {
  /** The lines that this piece completes, as they were sent but for byte order marks. */
  take(chunk: Uint8Array): readonly string[];
  /** What came after the last line break. */
  end(): readonly string[];
}

/** Cuts UTF-8 into lines; of one that is too long the beginning stays, so that memory does not grow with it. */
export function createLogLines(limit = maxLine): LogLines {
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  let open = '';
  const add = (text: string) => {
    if (open.length <= limit) open += text.slice(0, limit + 1 - open.length);
  };
  const close = (): string => {
    const line = open.charCodeAt(0) === 0xfeff ? open.slice(1) : open;
    open = '';
    if (line.length > limit) return `${line.slice(0, limit)}…`;
    return line.endsWith('\r') ? line.slice(0, -1) : line;
  };
  return {
    take(chunk) {
      const [first = '', ...others] = decoder.decode(chunk, { stream: true }).split('\n');
      add(first);
      return others.map((next) => {
        const line = close();
        add(next);
        return line;
      });
    },
    end() {
      add(decoder.decode());
      return open === '' ? [] : [close()];
    },
  };
}

/** A line without the agent's timestamp, which stands before it once. */
export function withoutTimestamp(line: string): string {
  return line.replace(timestamp, '');
}
