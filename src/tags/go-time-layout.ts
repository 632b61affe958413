const months = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
];
const weekdays = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];
const dayInMilliseconds = 86_400_000;

/** How each element of a layout prints, always in UTC; the names are those of Go's package time (1.22). */
const elements: Readonly<Record<string, (time: Date) => string>> = {
  January: monthName,
  Jan: (time) => monthName(time).slice(0, 3),
  '1': (time) => `${month(time)}`,
  '01': (time) => padded(month(time), 2),
  Monday: weekdayName,
  Mon: (time) => weekdayName(time).slice(0, 3),
  '2': (time) => `${time.getUTCDate()}`,
  _2: (time) => `${time.getUTCDate()}`.padStart(2, ' '),
  '02': (time) => padded(time.getUTCDate(), 2),
  __2: (time) => `${dayOfYear(time)}`.padStart(3, ' '),
  '002': (time) => padded(dayOfYear(time), 3),
  '15': (time) => padded(time.getUTCHours(), 2),
  '3': (time) => `${hourOfHalfDay(time)}`,
  '03': (time) => padded(hourOfHalfDay(time), 2),
  '4': (time) => `${time.getUTCMinutes()}`,
  '04': (time) => padded(time.getUTCMinutes(), 2),
  '5': (time) => `${time.getUTCSeconds()}`,
  '05': (time) => padded(time.getUTCSeconds(), 2),
  '2006': (time) => padded(time.getUTCFullYear(), 4),
  '06': (time) => padded(time.getUTCFullYear() % 100, 2),
  PM: halfDay,
  pm: (time) => halfDay(time).toLowerCase(),
  MST: () => 'UTC',
  Z070000: () => 'Z',
  'Z07:00:00': () => 'Z',
  Z0700: () => 'Z',
  'Z07:00': () => 'Z',
  Z07: () => 'Z',
  '-070000': () => '+000000',
  '-07:00:00': () => '+00:00:00',
  '-0700': () => '+0000',
  '-07:00': () => '+00:00',
  '-07': () => '+00',
};

/**
 * One element, the longest first. `Jan` and `Mon` before a lower-case letter are text, `_2006` is an underscore and
 * a year, and a fraction of a second must not be followed by a digit: as Go reads a layout.
 */
const elementPattern =
  /January|Jan(?![a-z])|Monday|Mon(?![a-z])|MST|0[1-6]|002|15|1|2006|2|_2(?!006)|__2|[345]|PM|pm|[-Z]07(?:0000|:00:00|00|:00)?|[.,](?:0+|9+)(?![0-9])/g;

/** `time` in UTC, printed as Go's `Time.Format` prints it; undefined when `layout` names no part of a time. */
export function formatGoTime(time: Date, layout: string): string | undefined {
  if (layout.search(elementPattern) < 0) return undefined;
  return layout.replaceAll(elementPattern, (element) => elements[element]?.(time) ?? fraction(time, element));
}

/** A fraction of a second: `.000` keeps its zeros, `.999` drops those at the end, and itself when nothing is left. */
function fraction(time: Date, element: string): string {
  const separator = element.slice(0, 1);
  const nanoseconds = padded(time.getUTCMilliseconds(), 3).padEnd(9, '0');
  const digits = nanoseconds.slice(0, element.length - 1);
  if (element.at(1) === '0') return separator + digits;
  const significant = digits.replace(/0+$/, '');
  return significant === '' ? '' : separator + significant;
}

function month(time: Date): number {
  return time.getUTCMonth() + 1;
}

function monthName(time: Date): string {
  return months[time.getUTCMonth()] ?? '';
}

function weekdayName(time: Date): string {
  return weekdays[time.getUTCDay()] ?? '';
}

function dayOfYear(time: Date): number {
  const newYear = Date.UTC(time.getUTCFullYear(), 0, 1);
  return Math.floor((time.getTime() - newYear) / dayInMilliseconds) + 1;
}

function hourOfHalfDay(time: Date): number {
  return time.getUTCHours() % 12 || 12;
}

function halfDay(time: Date): string {
  return time.getUTCHours() < 12 ? 'AM' : 'PM';
}

function padded(value: number, width: number): string {
  return `${value}`.padStart(width, '0');
}
