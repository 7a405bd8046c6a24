/** The operations on stacks. */
import { AwsError } from '../gateway/aws-error.ts';
import type { QueryServiceOptions } from '../gateway/query-service.ts';
import type { XmlValue } from '../gateway/xml.ts';
import { readAsked, readBody, validationError } from './asked.ts';
import { deleteStack, deploy, planOf } from './deployment.ts';
import { createStack, type Stack, type StackEvent, type StackResource } from './stack.ts';
import type { Stacks } from './stacks.ts';

const PAGE = 100;

export function stackOperations(stacks: Stacks): QueryServiceOptions['operations'] {
  const { options, all, find } = stacks;
  const { objects, clock } = options;

  return {
    async ValidateTemplate(input) {
      const body =
        typeof input.TemplateBody === 'string'
          ? readBody(input.TemplateBody)
          : (await readAsked(input, objects, undefined)).template;
      const parameters = Object.entries(body.Parameters ?? {});
      return {
        Parameters: parameters.map(([ParameterKey, { Default }]) => ({
          ParameterKey,
          NoEcho: false,
          ...(Default !== undefined && { DefaultValue: String(Default) }),
        })),
        Capabilities: needsNamedIam(body) ? ['CAPABILITY_NAMED_IAM'] : [],
      };
    },
    async CreateStack(input) {
      const name = String(input.StackName ?? '');
      checkName(name);
      if (stacks.existing(name) !== undefined)
        throw new AwsError('AlreadyExistsException', `Stack [${name}] already exists`);
      const asked = await readAsked(input, objects, undefined);
      const stack = createStack(name, { ...options, now: clock.now() });
      all.push(stack);
      stacks.begin(deploy(stack, asked, 'CREATE', options));
      return { StackId: stack.id };
    },
    async UpdateStack(input) {
      const stack = find(input);
      assertStill(stack);
      const asked = await readAsked(input, objects, stack);
      const { steps, removed } = planOf(stack, asked, options);
      if (steps.length + removed.length === 0) throw validationError('No updates are to be performed.');
      stacks.begin(deploy(stack, asked, 'UPDATE', options));
      return { StackId: stack.id };
    },
    DeleteStack(input) {
      const stack = stacks.existing(String(input.StackName));
      // What isn't there is deleted already.
      if (stack === undefined) return {};
      if (stack.protected) {
        throw validationError(`Stack [${stack.name}] cannot be deleted while TerminationProtection is enabled`);
      }
      assertStill(stack);
      stacks.begin(deleteStack(stack, options));
      return {};
    },
    DescribeStacks(input) {
      const found = input.StackName === undefined ? all.filter(({ deleted }) => deleted === undefined) : [find(input)];
      return { Stacks: found.map(describe) };
    },
    ListStacks(input) {
      const wanted = Array.isArray(input.StackStatusFilter) ? input.StackStatusFilter.map(String) : undefined;
      const found = all.filter(({ status }) => wanted?.includes(status) ?? true);
      return { StackSummaries: found.map(summary) };
    },
    DescribeStackEvents(input) {
      const { events, name, id } = find(input);
      const newestFirst = [...events].reverse();
      const from = Number(input.NextToken ?? 0) || 0;
      const page = newestFirst.slice(from, from + PAGE).map((event) => describeEvent(event, name, id));
      const more = from + PAGE < newestFirst.length ? { NextToken: String(from + PAGE) } : {};
      return { StackEvents: page, ...more };
    },
    DescribeStackResource(input) {
      const stack = find(input);
      return { StackResourceDetail: describeResource(resourceOf(stack, String(input.LogicalResourceId)), stack) };
    },
    DescribeStackResources(input) {
      const stack = find(input);
      const one = input.LogicalResourceId;
      const found = one === undefined ? [...stack.resources.values()] : [resourceOf(stack, String(one))];
      return { StackResources: found.map((of) => describeResource(of, stack)) };
    },
    ListStackResources(input) {
      const stack = find(input);
      return { StackResourceSummaries: [...stack.resources.values()].map((of) => describeResource(of, undefined)) };
    },
    GetTemplate(input) {
      const { asked } = find(input);
      return { TemplateBody: asked?.body ?? '', StagesAvailable: ['Original', 'Processed'] };
    },
    ListExports: () => ({
      Exports: all
        .filter(({ deleted }) => deleted === undefined)
        .flatMap((stack) =>
          outputsOf(stack).flatMap(({ ExportName, OutputValue }) =>
            ExportName === undefined ? [] : [{ ExportingStackId: stack.id, Name: ExportName, Value: OutputValue }],
          ),
        ),
    }),
    SetStackPolicy(input) {
      find(input).policy = typeof input.StackPolicyBody === 'string' ? input.StackPolicyBody : undefined;
      return undefined;
    },
    GetStackPolicy(input) {
      const { policy } = find(input);
      return policy === undefined ? {} : { StackPolicyBody: policy };
    },
    UpdateTerminationProtection(input) {
      const stack = find(input);
      stack.protected = input.EnableTerminationProtection === 'true';
      return { StackId: stack.id };
    },
  };
}

export function checkName(name: string): void {
  if (!/^[A-Za-z][A-Za-z0-9-]{0,127}$/.test(name)) {
    const rule = 'Member must satisfy regular expression pattern: [a-zA-Z][-a-zA-Z0-9]*';
    throw validationError(
      `1 validation error detected: Value '${name.slice(0, 128)}' at 'stackName' failed to satisfy constraint: ${rule}`,
    );
  }
}

/** A stack that is being changed takes no other change. */
export function assertStill(stack: Stack): void {
  if (!stack.status.endsWith('_IN_PROGRESS') || stack.status === 'REVIEW_IN_PROGRESS') return;
  throw validationError(`Stack:${stack.id} is in ${stack.status} state and can not be updated.`);
}

function needsNamedIam({ Resources }: { Resources: Readonly<Record<string, { Type: string }>> }): boolean {
  return Object.values(Resources).some(({ Type }) => Type.startsWith('AWS::IAM::'));
}

function resourceOf(stack: Stack, logicalId: string): StackResource {
  const found = stack.resources.get(logicalId);
  if (found === undefined) throw validationError(`Resource ${logicalId} does not exist for stack ${stack.name}`);
  return found;
}

type Described = { readonly [name: string]: XmlValue };

function outputsOf({
  asked,
  outputs,
}: Stack): { OutputKey: string; OutputValue: string; Description?: string; ExportName?: string }[] {
  const declared = (asked?.template.Outputs ?? {}) as Record<
    string,
    { Description?: string; Export?: { Name?: unknown } }
  >;
  return Object.entries(outputs).map(([OutputKey, value]) => {
    const { Description, Export } = declared[OutputKey] ?? {};
    return {
      OutputKey,
      OutputValue: String(value),
      ...(Description !== undefined && { Description }),
      ...(typeof Export?.Name === 'string' && { ExportName: Export.Name }),
    };
  });
}

function describe(stack: Stack): Described {
  const { asked } = stack;
  return {
    ...summary(stack),
    Parameters: Object.entries(asked?.parameters ?? {}).map(([ParameterKey, ParameterValue]) => ({
      ParameterKey,
      ParameterValue,
    })),
    Capabilities: asked?.capabilities ?? [],
    Outputs: outputsOf(stack),
    Tags: (asked?.tags ?? []).map(({ Key, Value }) => ({ Key, Value })),
    DisableRollback: false,
    EnableTerminationProtection: stack.protected,
    NotificationARNs: [],
  };
}

function summary({ id, name, created, updated, deleted, status, reason }: Stack): Described {
  return {
    StackId: id,
    StackName: name,
    CreationTime: new Date(created).toISOString(),
    ...(updated !== undefined && { LastUpdatedTime: new Date(updated).toISOString() }),
    ...(deleted !== undefined && { DeletionTime: new Date(deleted).toISOString() }),
    StackStatus: status,
    ...(reason !== undefined && { StackStatusReason: reason }),
    DriftInformation: { StackDriftStatus: 'NOT_CHECKED' },
  };
}

function describeEvent(event: StackEvent, StackName: string, StackId: string): Described {
  return {
    StackId,
    EventId: event.id,
    StackName,
    LogicalResourceId: event.logicalId,
    PhysicalResourceId: event.physicalId,
    ResourceType: event.type,
    Timestamp: new Date(event.time).toISOString(),
    ResourceStatus: event.status,
    ...(event.reason !== undefined && { ResourceStatusReason: event.reason }),
  };
}

function describeResource(of: StackResource, stack: Stack | undefined): Described {
  const time = new Date(of.updated).toISOString();
  return {
    ...(stack !== undefined && { StackName: stack.name, StackId: stack.id }),
    LogicalResourceId: of.logicalId,
    PhysicalResourceId: of.physicalId,
    ResourceType: of.type,
    LastUpdatedTimestamp: time,
    Timestamp: time,
    ResourceStatus: of.status,
    ...(of.reason !== undefined && { ResourceStatusReason: of.reason }),
    DriftInformation: { StackResourceDriftStatus: 'NOT_CHECKED' },
  };
}
