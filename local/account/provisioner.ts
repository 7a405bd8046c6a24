/** The account's resources as CloudFormation makes, changes and removes them. */
import type { Provisioner } from '../cloudformation/deployment.ts';
import type { FunctionCode } from '../lambda/definition.ts';
import type { TemplateResource } from './contracts.ts';
import { isMade, make } from './provision.ts';
import type { Services } from './services.ts';
import { isUpdatable, update } from './updates.ts';
import { withdraw } from './withdraw.ts';

/** Types that are made anew over what there is, and lose nothing by it. */
const MADE_ANEW = new Set([
  'AWS::Lambda::Function',
  'AWS::Lambda::EventInvokeConfig',
  'AWS::Logs::LogGroup',
  'AWS::Logs::SubscriptionFilter',
  'AWS::Logs::AccountPolicy',
  'AWS::Glue::Table',
  'AWS::SSM::Parameter',
]);

/** The services are asked for when there is something to make: CloudFormation is one of them. */
export function createProvisioner(services: () => Services): Provisioner {
  const provisioning = (logicalId: string, physicalId: string) => ({
    services: services(),
    refs: { [logicalId]: physicalId },
    code: (resource: TemplateResource) => packageOf(resource, services()),
  });

  return {
    async create(resource, physicalId, stack) {
      const { logicalId, type } = resource;
      if (type === 'AWS::S3::Bucket' && hasBucket(services(), physicalId)) {
        throw new Error(`${physicalId} already exists`);
      }
      services().iam.add({ ...resource, logicalId: `${stack}/${logicalId}` }, physicalId);
      await make(resource, provisioning(logicalId, physicalId));
    },
    async update(resource, physicalId, stack, before) {
      const { logicalId, type } = resource;
      if (isUpdatable(type)) await update({ resource, physicalId, before, services: services() });
      else if (MADE_ANEW.has(type)) await make(resource, provisioning(logicalId, physicalId));
      else if (isMade(type))
        throw new Error(`${physicalId}, a ${type}, would have to be replaced: remove it from the stack first.`);
      services().iam.add({ ...resource, logicalId: `${stack}/${logicalId}` }, physicalId);
    },
    async remove(resource, physicalId, stack) {
      await withdraw(resource, physicalId, services());
      services().iam.remove(`${stack}/${resource.logicalId}`);
    },
  };
}

function hasBucket({ objects }: Services, name: string): boolean {
  try {
    objects.folderOf(name);
    return true;
  } catch {
    return false;
  }
}

/** The deployment package that a function's `Code` names. */
async function packageOf({ properties, logicalId }: TemplateResource, { objects }: Services): Promise<FunctionCode> {
  const { S3Bucket, S3Key } = (properties.Code ?? {}) as { S3Bucket?: string; S3Key?: string };
  if (S3Bucket === undefined || S3Key === undefined) throw new Error(`${logicalId}: Code must name an object in S3`);
  return { zip: await objects.get(S3Bucket, S3Key) };
}
