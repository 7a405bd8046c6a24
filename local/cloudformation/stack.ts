/** A stack as CloudFormation keeps it. https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_Stack.html */
import { randomUUID } from 'node:crypto';
import type { RawTemplate } from '../template/raw.ts';

export interface StackResource {
  readonly logicalId: string;
  readonly type: string;
  physicalId: string;
  status: string;
  reason: string | undefined;
  /** Epoch milliseconds. */
  updated: number;
  /** Resolved, as it was made. */
  properties: Readonly<Record<string, unknown>>;
}

export interface StackEvent {
  readonly id: string;
  readonly logicalId: string;
  readonly physicalId: string;
  readonly type: string;
  readonly status: string;
  readonly reason: string | undefined;
  readonly time: number;
}

export interface ChangeSet {
  readonly id: string;
  readonly name: string;
  readonly type: 'CREATE' | 'UPDATE';
  readonly asked: Asked;
  readonly changes: readonly Change[];
  readonly created: number;
  status: 'CREATE_COMPLETE' | 'FAILED';
  execution: 'AVAILABLE' | 'UNAVAILABLE' | 'EXECUTE_COMPLETE';
  readonly reason: string | undefined;
}

export interface Change {
  readonly action: 'Add' | 'Modify' | 'Remove';
  readonly logicalId: string;
  readonly physicalId: string | undefined;
  readonly type: string;
}

/** What a stack is asked to be. */
export interface Asked {
  readonly body: string;
  readonly template: RawTemplate;
  readonly parameters: Readonly<Record<string, string>>;
  readonly tags: readonly { readonly Key: string; readonly Value: string }[];
  readonly capabilities: readonly string[];
}

export interface Stack {
  readonly id: string;
  readonly name: string;
  readonly created: number;
  status: string;
  reason: string | undefined;
  updated: number | undefined;
  deleted: number | undefined;
  protected: boolean;
  policy: string | undefined;
  /** As it stands; undefined while it is only under review. */
  asked: Asked | undefined;
  outputs: Readonly<Record<string, unknown>>;
  readonly resources: Map<string, StackResource>;
  /** Oldest first. */
  readonly events: StackEvent[];
  readonly changeSets: Map<string, ChangeSet>;
}

const STACK_TYPE = 'AWS::CloudFormation::Stack';

export function createStack(name: string, place: { accountId: string; region: string; now: number }): Stack {
  const id = `arn:aws:cloudformation:${place.region}:${place.accountId}:stack/${name}/${randomUUID()}`;
  return {
    id,
    name,
    created: place.now,
    status: 'REVIEW_IN_PROGRESS',
    reason: undefined,
    updated: undefined,
    deleted: undefined,
    protected: false,
    policy: undefined,
    asked: undefined,
    outputs: {},
    resources: new Map(),
    events: [],
    changeSets: new Map(),
  };
}

/** Sets the stack's status, and tells of it. */
export function setStatus(stack: Stack, status: string, now: number, reason?: string): void {
  stack.status = status;
  stack.reason = reason;
  addEvent(stack, { logicalId: stack.name, physicalId: stack.id, type: STACK_TYPE, status, reason, time: now });
}

/** Sets a resource's status, and tells of it. */
export function setResource(stack: Stack, of: StackResource, status: string, now: number, reason?: string): void {
  Object.assign(of, { status, reason, updated: now });
  const { logicalId, physicalId, type } = of;
  addEvent(stack, { logicalId, physicalId, type, status, reason, time: now });
}

function addEvent(stack: Stack, event: Omit<StackEvent, 'id'>): void {
  stack.events.push({ id: randomUUID(), ...event });
}
