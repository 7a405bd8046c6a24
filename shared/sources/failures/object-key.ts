import type { Origin } from './found.ts';

/** `<prefix><delivery stream>-<version>-yyyy-MM-dd-HH-mm-ss-<uuid>…`, as Firehose names its objects. */
const FIREHOSE_KEY =
  /(?:^|\/)([\w.-]{1,64})-\d{1,9}-\d{4}(?:-\d\d){5}-[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}[^/]*$/;

/** The delivery stream that wrote an object, by the object's name. */
export function originOfKey(key: string): Origin | undefined {
  const deliveryStream = FIREHOSE_KEY.exec(key)?.[1];
  return deliveryStream === undefined ? undefined : { kind: 'delivery-stream', deliveryStream };
}
