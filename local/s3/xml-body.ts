import { AwsError } from '../gateway/aws-error.ts';
import { readBody } from '../gateway/body.ts';
import { readXml, type XmlElement } from '../gateway/xml.ts';
import { decodeChunked } from './aws-chunked.ts';
import { bodyOf, isChunked } from './receive.ts';
import type { S3Call } from './s3-call.ts';

/** A thousand keys of the longest kind, escaped. */
const LARGEST_XML = 8 * 1024 * 1024;

/** Reads an XML body whose root is `name`. */
export async function readXmlBody(call: S3Call, name: string): Promise<XmlElement> {
  const source = isChunked(call) ? decodeChunked(bodyOf(call), new Map()) : bodyOf(call);
  const root = readXml((await readBody(source, LARGEST_XML)).toString('utf8').replace(/^\ufeff/, ''));
  if (root?.name === name) return root;
  throw malformedXml();
}

export function malformedXml(): AwsError {
  return new AwsError(
    'MalformedXML',
    'The XML you provided was not well-formed or did not validate against our published schema',
  );
}
