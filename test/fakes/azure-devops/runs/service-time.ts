/** A time as the service writes it: UTC with seven digits, as many as .NET has. */
export function serviceTime(time: Date): string {
  return `${time.toISOString().slice(0, -1)}0000Z`;
}
