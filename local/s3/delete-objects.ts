import type { AwsResponse } from '../account/contracts.ts';
import { AwsError } from '../gateway/aws-error.ts';
import { child, childText } from '../gateway/xml.ts';
import { checkWrite } from './conditions.ts';
import { type S3Call, xmlResponse } from './s3-call.ts';
import { malformedXml, readXmlBody } from './xml-body.ts';

/** Source: DeleteObjects' API reference. */
const MOST_KEYS = 1000;

export async function deleteObjects(call: S3Call): Promise<AwsResponse> {
  const bucket = call.store.bucket(call.bucket);
  const root = await readXmlBody(call, 'Delete');
  const wanted = root.children.filter((each) => each.name === 'Object');
  if (wanted.length === 0 || wanted.length > MOST_KEYS) {
    throw malformedXml();
  }
  const quiet = childText(root, 'Quiet')?.trim() === 'true';
  const deleted: { Key: string }[] = [];
  const errors: { Key: string; Code: string; Message: string }[] = [];
  for (const each of wanted) {
    const key = childText(each, 'Key') ?? '';
    try {
      const etag = child(each, 'ETag')?.text;
      if (etag !== undefined) checkWrite({ 'if-match': etag }, bucket.index.get(key));
      call.store.remove(bucket, key);
      deleted.push({ Key: key });
    } catch (error) {
      const { code, message } =
        error instanceof AwsError ? error : { code: 'InternalError', message: 'The file was not removed.' };
      errors.push({ Key: key, Code: code, Message: message });
    }
  }
  return xmlResponse('DeleteResult', { Deleted: quiet ? [] : deleted, Error: errors });
}
