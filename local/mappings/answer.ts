/** What a function's response says of its batch. https://docs.aws.amazon.com/lambda/latest/dg/services-kinesis-batchfailurereporting.html */
import type { InvokeResult } from '../account/contracts.ts';
import { object } from './properties.ts';

export type BatchVerdict =
  | { readonly kind: 'done' }
  /** These records failed. */
  | { readonly kind: 'items'; readonly failed: readonly string[] }
  /** All failed: an error, or an answer that makes no sense. */
  | { readonly kind: 'batch'; readonly error: boolean };

/** `known` tells whether an identifier is of a record of the batch. */
export function readAnswer(
  result: InvokeResult,
  reportsItemFailures: boolean,
  known: (identifier: string) => boolean,
): BatchVerdict {
  if (result.functionError !== undefined) return { kind: 'batch', error: true };
  if (!reportsItemFailures) return { kind: 'done' };
  const response = parseResponse(result.payload);
  if (response === null || response === '') return { kind: 'done' };
  const members = object(response);
  if (members === undefined) return { kind: 'batch', error: false };
  const failures = members.batchItemFailures ?? null;
  if (failures === null) return { kind: 'done' };
  if (!Array.isArray(failures)) return { kind: 'batch', error: false };
  if (failures.length === 0) return { kind: 'done' };
  const failed: string[] = [];
  for (const failure of failures) {
    const identifier = object(failure)?.itemIdentifier;
    if (typeof identifier !== 'string' || identifier === '' || !known(identifier))
      return { kind: 'batch', error: false };
    failed.push(identifier);
  }
  return { kind: 'items', failed };
}

/** The response as JSON; text that isn't JSON comes back as undefined. */
export function parseResponse(payload: string): unknown {
  try {
    return JSON.parse(payload);
  } catch {
    return undefined;
  }
}

/** What the `errorType` of a refused invocation is. */
export function refusalOf(result: InvokeResult): string | undefined {
  if (result.cause !== 'rejected') return undefined;
  const type = object(parseResponse(result.payload))?.errorType;
  return typeof type === 'string' ? type : 'Unknown';
}
