/** Bytes that the runner takes for one step; of a larger summary it shows nothing at all. */
export const largestSummary = 1024 * 1024;

const notice = '\n\n> The summary ends here: GitHub shows no more than 1 MiB of a step.\n';

/** As many whole lines of a summary as fit behind what is there already, with a word on what is missing. */
export function cutSummary(markdown: string, bytesBefore: number): string {
  const text = `${markdown.toWellFormed().replace(/\n*$/, '')}\n`;
  const room = largestSummary - bytesBefore;
  if (Buffer.byteLength(text) <= room) return text;
  const roomForLines = room - Buffer.byteLength(notice);
  if (roomForLines < 0) return '';
  const end = Buffer.from(text).subarray(0, roomForLines).lastIndexOf('\n');
  return `${Buffer.from(text).toString('utf8', 0, Math.max(end, 0))}${notice}`;
}
