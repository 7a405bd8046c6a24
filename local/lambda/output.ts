/** Cuts what a function's process writes into the lines that CloudWatch Logs would hold. */
import { StringDecoder } from 'node:string_decoder';
import { LAMBDA } from './limits.ts';

export interface Output {
  write(chunk: Buffer): void;
  /** The process is gone: what is left is the last line. */
  end(): void;
}

/** A console call of the bootstrap: `time TAB request TAB level TAB message`. */
const CONSOLE_LINE = /^\d{4}-\d\d-\d\dT[\d:.]+Z\t[^\t]*\t[A-Z]+\t/;
/** Begins a line that marks the end of an invocation's output; the bootstrap writes it. */
const SEAL = '\u0001';

/** `sealed` is called when everything that an invocation wrote has been read. */
export function createOutput(line: (text: string) => void, sealed: (requestId: string) => void): Output {
  const decoder = new StringDecoder('utf8');
  let rest = '';

  function emit(text: string): void {
    if (text.startsWith(SEAL)) sealed(text.slice(SEAL.length));
    else if (text !== '') line(CONSOLE_LINE.test(text) ? text.replaceAll('\r', '\n') : text);
  }

  function take(text: string): void {
    const lines = (rest + text).split('\n');
    rest = lines.pop() as string;
    for (const each of lines) emit(each);
    while (rest.length > LAMBDA.logLineBytes) {
      emit(rest.slice(0, LAMBDA.logLineBytes));
      rest = rest.slice(LAMBDA.logLineBytes);
    }
  }

  return {
    write: (chunk) => take(decoder.write(chunk)),
    end() {
      take(decoder.end());
      emit(rest);
      rest = '';
    },
  };
}
