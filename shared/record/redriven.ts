import { type ByteString, decodeUtf8, encodeUtf8 } from './byte-string.ts';

/** One failure of a record that was put back afterwards. */
export interface PastFailure {
  /** Why it had failed: `Lambda.ProcessingFailedStatus`. */
  readonly code: string;
  /** When it failed, as far as the dead letter tells; epoch milliseconds. */
  readonly failedAt?: number;
  /** When it was put back, epoch milliseconds. */
  readonly replayedAt: number;
}

/** What a record that was put back carries with it. */
export interface Redrive {
  /** Of all records with the same token one goes on, however often it was put. */
  readonly token: string;
  /** Which replay of the record this is, from 1. */
  readonly attempt: number;
  /** Names the put: no two records have the same, so that what became of one can be told. */
  readonly put: string;
  /** Every failure so far, in order. */
  readonly story: readonly PastFailure[];
}

/** A record that was put back, and what it carries. */
export interface Redriven {
  readonly redrive: Redrive;
  readonly data: ByteString;
}

/** F5 and FE are bytes that UTF-8 never has, and gzip and KPL aggregates begin otherwise: no record begins so by itself. */
const MAGIC = '\xf5\xfeSLUICE-REDRIVE/1 ';

/** What the envelope takes at most beside the record, in bytes: codes are cut, and attempts are few. */
export const MOST_ENVELOPE_BYTES = 2048;
const MOST_CODE = 100;
const MOST_STORY = 10;

/** How base64 of an envelope begins; white space may stand before it. */
const FIRST = btoa(MAGIC).charCodeAt(0);
const SPACE = 0x20;

/** Whether base64 may be that of an envelope: all that an ordinary record pays. */
export function mayBeRedriven(encoded: string): boolean {
  const first = encoded.charCodeAt(0);
  return first === FIRST || first <= SPACE;
}

/** Whether bytes begin as an envelope does. */
export function isRedriven(data: ByteString): boolean {
  return data.startsWith(MAGIC);
}

/** The record in an envelope: one line that describes it, then its bytes as they are. */
export function writeRedriven({ token, attempt, put, story }: Redrive, data: ByteString): ByteString {
  const kept = story.slice(-MOST_STORY).map((failure) => ({ ...failure, code: failure.code.slice(0, MOST_CODE) }));
  return `${MAGIC}${encodeUtf8(JSON.stringify({ token, attempt, put, bytes: data.length, story: kept }))}\n${data}`;
}

/** Opens an envelope. Undefined where it is damaged: it then holds another number of bytes than it says. */
export function readRedriven(data: ByteString): Redriven | undefined {
  const end = data.indexOf('\n', MAGIC.length);
  if (end < 0 || !isRedriven(data)) return undefined;
  const header = headerOf(data.slice(MAGIC.length, end));
  if (header === undefined || header.bytes !== data.length - end - 1) return undefined;
  const { token, attempt, put, story } = header;
  return { redrive: { token, attempt, put, story }, data: data.slice(end + 1) };
}

function headerOf(text: ByteString): (Redrive & { readonly bytes: number }) | undefined {
  let value: Partial<Redrive & { bytes: number }> | null;
  try {
    value = JSON.parse(decodeUtf8(text));
  } catch {
    return undefined;
  }
  if (typeof value?.token !== 'string' || typeof value.put !== 'string' || !Array.isArray(value.story))
    return undefined;
  const whole = Number.isSafeInteger(value.attempt) && Number.isSafeInteger(value.bytes);
  return whole && value.story.every(isPastFailure) ? (value as Redrive & { bytes: number }) : undefined;
}

function isPastFailure(value: unknown): boolean {
  const { code, replayedAt } = (value ?? {}) as Partial<PastFailure>;
  return typeof code === 'string' && typeof replayedAt === 'number';
}
