import { type ByteString, decodeUtf8, encodeUtf8 } from '../record/byte-string.ts';
import type { LogsOrigin } from '../record/dead-letter.ts';
import { permanent } from '../record/failure.ts';
import type { InputFormat } from '../record/format.ts';
import { type Dropped, dropped, type Failed, failed } from '../record/outcome.ts';
import type { StreamRecord } from '../record/record.ts';
import type { Step } from '../record/step.ts';

/** What a subscription brought: a record for each log event, whose bytes are its JSON document. */
export interface LogBatch {
  readonly kind: 'batch';
  readonly records: readonly StreamRecord[];
}

/** The invocation's event is not one of a CloudWatch Logs subscription. */
export class UnknownEventError extends Error {
  override readonly name = 'UnknownEventError';
}

/**
 * Reads `{"awslogs":{"data":"<base64 of gzip>"}}` and takes it apart with the pipeline's input format. A message that can't
 * be read whole fails whole: a part of it is never delivered.
 * Throws UnknownEventError for an event of another kind, and for nothing else.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/SubscriptionFilters.html#LambdaFunctionExample
 */
export function decodeLogs(event: unknown, input: InputFormat): LogBatch | Dropped | Failed {
  const data = messageOf(event);
  if (data === undefined) return failed(permanent('InvalidBase64', 'source', 'the subscription message is not base64'));
  const decoded = input.decode(data);
  if (decoded.kind !== 'documents') return decoded;
  return { kind: 'batch', records: decoded.texts.map((text, index) => ({ id: String(index), data: text })) };
}

/** The message's bytes as they came; undefined where they are no base64. */
function messageOf(event: unknown): ByteString | undefined {
  try {
    return atob(encodedMessage(event));
  } catch (error) {
    if (error instanceof UnknownEventError) throw error;
    return undefined;
  }
}

function encodedMessage(event: unknown): string {
  const data = (event as { awslogs?: { data?: unknown } } | null)?.awslogs?.data;
  if (typeof data === 'string') return data;
  throw new UnknownEventError('The event has no awslogs.data: it is not one of a CloudWatch Logs subscription.');
}

/** All that came, to be kept where it can't be decoded: the message's bytes, or the text that is no base64. */
export function wholeMessage(event: unknown): ByteString {
  return messageOf(event) ?? encodeUtf8(encodedMessage(event));
}

/** Names of log groups, or what they begin with, parted by commas; and the group that this very function writes to. */
export function ownLogGroups(names: string | undefined, own: string | undefined): readonly string[] {
  const listed = (names ?? '').split(',').map((name) => name.trim());
  return [...listed, own ?? ''].filter((name) => name !== '');
}

/** Drops what the suite's own functions log: delivered, it would be logged again, and so on for ever. */
export function dropOwnLogGroups(beginnings: readonly string[]): Step {
  return {
    name: 'ownLogGroups',
    stage: 'filter',
    compile(compiler) {
      const selector = compiler.selector('logGroup');
      return {
        apply: (document) => {
          const logGroup = document.get(selector)?.string ?? '';
          return beginnings.some((beginning) => logGroup.startsWith(beginning)) ? dropped(OWN_LOG_GROUP) : undefined;
        },
      };
    },
  };
}

const OWN_LOG_GROUP = 'own log group';

/** A log event's document as the subscription message that held it alone: what a replay gives the decoder. */
export function asMessage(document: ByteString): { readonly data: ByteString; readonly origin: LogsOrigin } {
  const event = JSON.parse(decodeUtf8(document)) as Readonly<Record<string, unknown>>;
  const { id, timestamp, owner, logGroup, logStream, message, extractedFields, policyLevel } = event;
  const envelope = {
    messageType: 'DATA_MESSAGE',
    owner,
    logGroup,
    logStream,
    subscriptionFilters: [],
    ...(policyLevel === undefined ? {} : { policyLevel }),
    logEvents: [
      {
        ...(id === null ? {} : { id }),
        timestamp: Date.parse(String(timestamp)),
        message,
        ...(extractedFields === undefined ? {} : { extractedFields }),
      },
    ],
  };
  return {
    data: encodeUtf8(JSON.stringify(envelope)),
    origin: { kind: 'logs', logGroup: String(logGroup), logStream: String(logStream), eventId: String(id) },
  };
}
