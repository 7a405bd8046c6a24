/** The account's resources as CloudFormation makes, changes and removes them. */
import type { Provisioner } from '../cloudformation/deployment.ts';
import type { FunctionCode } from '../lambda/definition.ts';
import { call, callOperation } from './call.ts';
import type { TemplateResource } from './contracts.ts';
import { isMade, make } from './provision.ts';
import type { Services } from './services.ts';
import { withdraw } from './withdraw.ts';

type Update = (resource: TemplateResource, physicalId: string, services: Services) => Promise<void>;

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

const UPDATERS: Readonly<Record<string, Update>> = {
  'AWS::Lambda::EventSourceMapping': async ({ properties }, id, { functions }) => {
    const url = `/2015-03-31/event-source-mappings/${id}`;
    await call(functions, { operation: 'UpdateEventSourceMapping', method: 'PUT', url, input: properties });
  },
  'AWS::SQS::Queue': async ({ properties }, QueueUrl, { queues }) => {
    const { QueueName: _name, Tags: _tags, FifoQueue: _fifo, ...given } = properties;
    const texts = Object.entries(given).map(([name, value]) => [
      name,
      typeof value === 'object' ? JSON.stringify(value) : String(value),
    ]);
    await callOperation(queues, 'SetQueueAttributes', { QueueUrl, Attributes: Object.fromEntries(texts) });
  },
  'AWS::Events::Rule': remake,
  'AWS::Scheduler::Schedule': remake,
  'AWS::S3::Bucket': async (resource, name, { notifications }) => {
    notifications.remove(name);
    notifications.create(resource, name);
  },
};

async function remake(resource: TemplateResource, name: string, { notifications }: Services): Promise<void> {
  notifications.remove(name);
  notifications.create(resource, name);
}

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
    async update(resource, physicalId, stack) {
      const { logicalId, type } = resource;
      services().iam.add({ ...resource, logicalId: `${stack}/${logicalId}` }, physicalId);
      const update = UPDATERS[type];
      if (update !== undefined) await update(resource, physicalId, services());
      else if (MADE_ANEW.has(type)) await make(resource, provisioning(logicalId, physicalId));
      else if (isMade(type))
        throw new Error(`The local account can't change a ${type} in place: remove the stack first.`);
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
