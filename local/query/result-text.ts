import { styleText } from 'node:util';
import type { QueryColumn, QueryResult } from './run-query.ts';

const NUMBER_TYPE = /^(TINYINT|SMALLINT|INTEGER|BIGINT|HUGEINT|U[A-Z]*INT|UHUGEINT|FLOAT|DOUBLE|DECIMAL)/;
/** What a terminal would take for a command, or break the table. */
const CONTROL = /[\x00-\x1f\x7f-\x9f\u2028\u2029]/g;

/** The rows under their columns, numbers to the right, then how many and how long it took. */
export function resultTable(result: QueryResult, widest: number): string {
  const { columns, rows, more, milliseconds } = result;
  const cells = rows.map((row) => row.map((value) => shorten(cellText(value), widest)));
  const widths = columns.map((column, index) => {
    return cells.reduce((width, row) => Math.max(width, displayWidth(row[index] as string)), displayWidth(column.name));
  });
  const line = (values: readonly string[]): string =>
    values
      .map((value, index) => pad(value, widths[index] as number, isNumber(columns[index])))
      .join('  ')
      .trimEnd();
  const head = line(columns.map((column) => column.name));
  const rule = widths.map((width) => '─'.repeat(width)).join('  ');
  const count = `${more ? 'first ' : ''}${rows.length.toLocaleString('en-US')} row${rows.length === 1 ? '' : 's'}`;
  const foot = `${count}${more ? ' (--json prints them all)' : ''}, ${Math.round(milliseconds)} ms`;
  return [styleText('bold', head), rule, ...cells.map(line), '', styleText('dim', foot), ''].join('\n');
}

function isNumber(column: QueryColumn | undefined): boolean {
  return NUMBER_TYPE.test(column?.type ?? '') && !column?.type.endsWith('[]');
}

function cellText(value: unknown): string {
  const text = value === null ? 'NULL' : typeof value === 'string' ? value : JSON.stringify(value);
  return text.replace(CONTROL, (char) =>
    JSON.stringify(char)
      .slice(1, -1)
      .replace(/^[\x7f-\x9f]$/, '·'),
  );
}

function shorten(text: string, widest: number): string {
  return text.length > widest ? `${text.slice(0, widest - 1)}…` : text;
}

function pad(text: string, width: number, right: boolean): string {
  const space = ' '.repeat(Math.max(0, width - displayWidth(text)));
  return right ? space + text : text + space;
}

/** Columns of a terminal that the text takes: East Asian and emoji characters take two. */
function displayWidth(text: string): number {
  let width = 0;
  for (const char of text) {
    if (/\p{Mn}|\p{Me}|\u200d/u.test(char)) continue;
    width +=
      /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]|\p{Extended_Pictographic}/u.test(
        char,
      )
        ? 2
        : 1;
  }
  return width;
}

/** One JSON array; numbers as numbers where none of their digits is lost. */
export function resultJson({ columns, rows }: QueryResult): string {
  const objects = rows.map((row) =>
    JSON.stringify(Object.fromEntries(columns.map((column, index) => [column.name, jsonValue(row[index], column)]))),
  );
  return objects.length === 0 ? '[]\n' : `[\n${objects.join(',\n')}\n]\n`;
}

function jsonValue(value: unknown, column: QueryColumn): unknown {
  if (typeof value !== 'string' || !isNumber(column)) return value;
  return value.replace(/[-.]/g, '').length <= 15 ? Number(value) : value;
}
