import { gzipSync } from 'node:zlib';
import { byteStringOf, encodeUtf8 } from '../../shared/record/byte-string.ts';

/** A subscription message with these messages as its log events, a second apart. */
export function logEnvelope(messages: readonly string[], members: object = {}): object {
  return {
    messageType: 'DATA_MESSAGE',
    owner: '123456789012',
    logGroup: '/shop/cart',
    logStream: 'cart-1',
    subscriptionFilters: ['all'],
    logEvents: messages.map((message, index) => ({
      id: `3195310660696698337880902507980421114328961542429000000${index}`,
      timestamp: 1789809023187 + index * 1000,
      message,
    })),
    ...members,
  };
}

/** Messages as CloudWatch Logs sends them: gzip, a member each. */
export function packedEnvelopes(...envelopes: readonly object[]): string {
  return byteStringOf(Buffer.concat(envelopes.map((envelope) => gzipSync(JSON.stringify(envelope)))));
}

/** The same, not packed. */
export function plainEnvelope(envelope: object): string {
  return encodeUtf8(JSON.stringify(envelope));
}
