const UNITS =
  /^\s?(?:[$\u00a3\u20ac\u00a5\u20b9\u20bd\u20ba%]|(?:EUR|USD|GBP|CHF|SEK|NOK|DKK|PLN|CZK|HUF|RUB|BRL|CAD|AUD|NZD|ZAR|JPY|INR|kr|K\u010d|z\u0142|Ft|lei|rub|euros?|dollars?|pounds|people|users|views|bytes|rows|tokens|habitants?|inhabitants|Einwohner)(?![\p{L}\d]))/iu;
const COUNTED =
  /(?:[$\u00a3\u20ac\u00a5\u20b9]\s?|\d{1,3} |\b(?:views|population|budget|revenue|salary|turnover|sum|count|downloads|tokens|EUR|USD|GBP|CHF|SEK|NOK|DKK|CAD|AUD)[\s:=]{1,3})$/i;

/** Whether digits in groups of three are a number with its thousands set apart: `1 599 580 374 kr`, `views: 377 500 095`. */
export function isAmount(text: string, start: number, end: number): boolean {
  return COUNTED.test(text.slice(Math.max(0, start - 16), start)) || UNITS.test(text.slice(end, end + 16));
}

const THINGS =
  /^ ?(?:times|ms|seconds|minutes|hours|users|calls|people|bytes|rows|events|sessions|hits|requests|subscribers|customers|records|items|seats|entries|followers)\b/i;

/** Whether what follows a number says that it counts something: `87345971 records`. */
export function isCount(text: string, end: number): boolean {
  return THINGS.test(text.slice(end, end + 16));
}

const CURRENCY_BEFORE = /(?:[$\u00a3\u20ac\u00a5\u20b9]|\b(?:EUR|USD|GBP|CHF|SEK|NOK|DKK|IDR|VND|BRL|Rp)) ?$/i;
const CURRENCY_AFTER =
  /^ ?(?:[$\u00a3\u20ac\u00a5\u20b9\u20bd\u20ba]|(?:EUR|USD|GBP|CHF|SEK|NOK|DKK|PLN|CZK|HUF|RUB|BRL|IDR|VND|kr|K\u010d|z\u0142|Ft|lei)(?![\p{L}\d]))/iu;

/** Whether a currency stands right beside a number: `1.234.123.200 Ft`, `Rp 1.234.123.200`. */
export function isPriced(text: string, start: number, end: number): boolean {
  return (
    CURRENCY_BEFORE.test(text.slice(Math.max(0, start - 5), start)) || CURRENCY_AFTER.test(text.slice(end, end + 6))
  );
}
