/** yyyy-mm-dd, a calendar day in Asia/Shanghai. Text order is date order. */
export type LocalDate = string;

/** Asia/Shanghai has been UTC+8 without summer time since September 1991. */
const offset = 8 * 3_600_000;
const day = 86_400_000;

const noon = (date: LocalDate): number => Date.parse(`${date}T12:00:00Z`);

export const isLocalDate = (text: string): boolean =>
  /^\d{4}-\d{2}-\d{2}$/.test(text) &&
  !Number.isNaN(noon(text)) &&
  new Date(noon(text)).toISOString().startsWith(text);

/** The day in Asia/Shanghai on which an instant falls; `undefined` if the text is not an instant with its zone. */
export const localDate = (instant: string): LocalDate | undefined => {
  const milliseconds = instantMilliseconds(instant);
  return milliseconds === undefined ? undefined : new Date(milliseconds + offset).toISOString().slice(0, 10);
};

const instantShape = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[+-]\d{2}:\d{2})$/;

const instantMilliseconds = (instant: string): number | undefined => {
  const milliseconds = instantShape.test(instant) ? Date.parse(instant) : Number.NaN;
  return Number.isNaN(milliseconds) ? undefined : milliseconds;
};

/** The first instant of a day, RFC 3339 in UTC. */
export const startOfDay = (date: LocalDate): string =>
  new Date(Date.parse(`${date}T00:00:00Z`) - offset).toISOString();

/** The first instant after a day. */
export const endOfDay = (date: LocalDate): string => startOfDay(addDays(date, 1));

/** The same time of day on another date: `instant` moved from its own day to `date`. */
export const movedTo = (instant: string, from: LocalDate, date: LocalDate): string =>
  new Date(Date.parse(instant) + (noon(date) - noon(from))).toISOString();

export const addDays = (date: LocalDate, days: number): LocalDate =>
  new Date(noon(date) + days * day).toISOString().slice(0, 10);

export const yearOf = (date: LocalDate): number => Number(date.slice(0, 4));

export const isWeekend = (date: LocalDate): boolean => [0, 6].includes(new Date(noon(date)).getUTCDay());
