const DAYS = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/** Whether a month has such a day, in one year or another. */
export function isDay(month: number, day: number): boolean {
  return day >= 1 && day <= (DAYS[month - 1] ?? 0);
}

/** The number that the digits at `from` make, `length` of them. */
export function numberAt(digits: string, from: number, length: number): number {
  let value = 0;
  for (let i = from; i < from + length; i++) value = value * 10 + digits.charCodeAt(i) - 48;
  return value;
}

/** Whether six digits at `from` are a year of two digits, a month and a day. */
export function isYearMonthDay(digits: string, from = 0): boolean {
  return isDay(numberAt(digits, from + 2, 2), numberAt(digits, from + 4, 2));
}

/** Whether six digits at `from` are a day, a month and a year of two digits. */
export function isDayMonthYear(digits: string, from = 0): boolean {
  return isDay(numberAt(digits, from + 2, 2), numberAt(digits, from, 2));
}
