import { createHash } from 'node:crypto';
import type { FailedRecord } from '../sources/failures/found.ts';

/**
 * A token names a dead letter: `<group>.<name>`. Letters that lie near each other share a group, which is one item of the
 * ledger, so that a transform asks for many of them at once.
 */

/** So much of an object is a group: a hundred small letters, or a few large ones. */
const GROUP_BYTES = 32 * 1024;
/** Groups of a source whose letters have no offset. */
const GROUPS = 64;

/** The token of a letter that is replayed for the first time: the same whenever it is read. */
export function firstToken(source: string, { at }: Pick<FailedRecord, 'at'>): string {
  if (!/^\d{1,15}$/.test(at)) {
    const digest = sha256(at);
    return `${groupName(`${source} ${Number.parseInt(digest.slice(0, 8), 16) % GROUPS}`)}.${digest.slice(0, 20)}`;
  }
  const offset = Number(at);
  return `${groupName(`${source} ${Math.floor(offset / GROUP_BYTES)}`)}.${(offset % GROUP_BYTES).toString(36)}`;
}

/** Names the put of one record in a request. */
export function putName(request: string, index: number): string {
  return `${request}.${index.toString(36)}`;
}

/** The token of a letter that is what became of a put: its group is of the same request. */
export function nextToken(token: string, put: string): string {
  const { group, name } = partsOf(token);
  return `${groupName(`${group} ${partsOf(put).group}`)}.${name}`;
}

export function partsOf(token: string): { readonly group: string; readonly name: string } {
  const dot = token.indexOf('.');
  return dot < 0 ? { group: token, name: '-' } : { group: token.slice(0, dot), name: token.slice(dot + 1) };
}

function groupName(text: string): string {
  return sha256(text).slice(0, 24);
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
