import { LIMITS } from '../platform/limits.ts';
import { requiredSetting, setting } from '../platform/settings.ts';
import { MOST_ENVELOPE_BYTES } from '../record/redriven.ts';
import type { FailedRecord } from '../sources/failures/found.ts';
import type { Target } from './command.ts';

/** Where a record is put. */
export type Address =
  | { readonly kind: 'stream'; readonly name: string }
  /** `guarded`: its transform opens the replayer's envelopes, so that of several puts one goes on. */
  | { readonly kind: 'delivery-stream'; readonly name: string; readonly guarded: boolean }
  | { readonly kind: 'function'; readonly name: string }
  /** The function that decodes messages of log subscriptions. */
  | { readonly kind: 'logs'; readonly name: string }
  /** The dead letter does not tell, and nothing else does. */
  | { readonly kind: 'unknown'; readonly name: '' };

/** Where a record goes: where the command says, or where it came from. */
export function addressOf({ origin, data }: FailedRecord, target: Target): Address {
  switch (target.kind) {
    case 'stream':
      return { kind: 'stream', name: target.stream };
    case 'delivery-stream':
      return deliveryStream(target.deliveryStream, data.length);
    case 'function':
      return { kind: 'function', name: target.functionName };
    default:
  }
  if (origin?.kind === 'stream') return { kind: 'stream', name: origin.stream };
  if (origin?.kind === 'logs')
    return { kind: 'logs', name: requiredSetting('LOGS_DECODER', 'the function that decodes log messages') };
  const name = origin?.kind === 'delivery-stream' ? origin.deliveryStream : setting('DELIVERY_STREAM');
  return name === undefined ? { kind: 'unknown', name: '' } : deliveryStream(name, data.length);
}

/** REDRIVE_STREAMS names the delivery streams whose transform is the suite's, with commas between them. */
function deliveryStream(name: string, bytes: number): Address {
  const guarded = (setting('REDRIVE_STREAMS') ?? '').split(',').some((stream) => stream.trim() === name);
  return {
    kind: 'delivery-stream',
    name,
    guarded: guarded && bytes + MOST_ENVELOPE_BYTES <= LIMITS.firehosePut.record,
  };
}

/** Records whose addresses have equal keys go together. */
export function addressKey({ kind, name, ...rest }: Address): string {
  return `${kind} ${'guarded' in rest ? rest.guarded : ''} ${name}`;
}
