import { type ParseArgsConfig, parseArgs } from 'node:util';
import { UsageError } from '../input/failure.ts';

type Values<T extends NonNullable<ParseArgsConfig['options']>> = ReturnType<typeof parseArgs<{ options: T }>>['values'];

/** The options of a command, `npm start`. Throws a UsageError that names the option, and where they are listed. */
export function parseOptions<T extends NonNullable<ParseArgsConfig['options']>>(
  argv: readonly string[],
  options: T,
  command: string,
): Values<T> {
  try {
    return parseArgs({ args: [...argv], options }).values as Values<T>;
  } catch (cause) {
    const [first] = (cause as Error).message.split('. ');
    throw new UsageError(`${first}. ${command} -- --help lists the options`);
  }
}

export const text = { type: 'string' } as const;
export const flag = { type: 'boolean' } as const;
