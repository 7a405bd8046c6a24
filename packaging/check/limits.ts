/** CloudFormation's own limits, and what protects data from a deployment. */
import type { Fault, Template } from './template.ts';

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html */
const MOST_RESOURCES = 500;
const MOST_BYTES = 1_000_000;
const MOST_OUTPUTS = 200;

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-attribute-deletionpolicy.html */
const DELETION = ['Delete', 'Retain', 'RetainExceptOnCreate', 'Snapshot'];
const REPLACEMENT = ['Delete', 'Retain', 'Snapshot'];

/** What holds data that can't be made again. */
const KEEPS_DATA = new Set(['AWS::S3::Bucket', 'AWS::DynamoDB::Table', 'AWS::KMS::Key', 'AWS::SecretsManager::Secret']);

export function limitFaults(template: Template): readonly Fault[] {
  const faults: Fault[] = [];
  const bytes = Buffer.byteLength(JSON.stringify(template));
  const resources = Object.entries(template.Resources);
  if (bytes > MOST_BYTES) faults.push(`the template has ${bytes} bytes, more than ${MOST_BYTES}`);
  if (resources.length > MOST_RESOURCES) faults.push(`${resources.length} resources are more than ${MOST_RESOURCES}`);
  const outputs = Object.keys(template.Outputs ?? {}).length;
  if (outputs > MOST_OUTPUTS) faults.push(`${outputs} outputs are more than ${MOST_OUTPUTS}`);
  for (const [id, { Type, DeletionPolicy, UpdateReplacePolicy }] of resources) {
    if (!/^[A-Za-z0-9]{1,255}$/.test(id)) faults.push(`${id}: a logical id holds letters and digits only`);
    if (!DELETION.includes(DeletionPolicy ?? 'Delete'))
      faults.push(`${id}: there is no DeletionPolicy ${DeletionPolicy}`);
    if (!REPLACEMENT.includes(UpdateReplacePolicy ?? 'Delete'))
      faults.push(`${id}: there is no UpdateReplacePolicy ${UpdateReplacePolicy}`);
    // The framework's own bucket holds packages alone.
    if (
      id !== 'ServerlessDeploymentBucket' &&
      KEEPS_DATA.has(Type) &&
      (DeletionPolicy === undefined || UpdateReplacePolicy === undefined)
    ) {
      faults.push(`${id}: says nothing of what becomes of its data (DeletionPolicy, UpdateReplacePolicy)`);
    }
  }
  return faults;
}
