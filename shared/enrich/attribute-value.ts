import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { encodeString } from '../json/index.ts';
import type { JsonText } from '../record/document.ts';

/** A DynamoDB item as JSON text: numbers keep DynamoDB's spelling, sets are arrays, binaries base64. */
export function itemText(item: Readonly<Record<string, AttributeValue>>): JsonText {
  return `{${Object.entries(item)
    .map(([name, value]) => `${encodeString(name)}:${valueText(value)}`)
    .join(',')}}`;
}

function valueText(value: AttributeValue): JsonText {
  if (value.S !== undefined) return encodeString(value.S);
  if (value.N !== undefined) return value.N;
  if (value.BOOL !== undefined) return value.BOOL ? 'true' : 'false';
  if (value.M !== undefined) return itemText(value.M);
  if (value.L !== undefined) return `[${value.L.map(valueText).join(',')}]`;
  if (value.SS !== undefined) return `[${value.SS.map(encodeString).join(',')}]`;
  if (value.NS !== undefined) return `[${value.NS.join(',')}]`;
  if (value.B !== undefined) return base64(value.B);
  if (value.BS !== undefined) return `[${value.BS.map(base64).join(',')}]`;
  return 'null';
}

function base64(bytes: Uint8Array): JsonText {
  return `"${Buffer.from(bytes).toString('base64')}"`;
}
