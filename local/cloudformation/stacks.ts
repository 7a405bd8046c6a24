import type { Objects } from '../account/contracts.ts';
import type { QueryInput } from '../gateway/query-service.ts';
import type { DeploymentOptions } from './deployment.ts';
import type { Stack } from './stack.ts';

export interface CloudFormationOptions extends DeploymentOptions {
  readonly objects: Objects;
}

/** What the operations share. */
export interface Stacks {
  readonly options: CloudFormationOptions;
  readonly all: Stack[];
  /** By name, the one that is there; by id, also one that was deleted. Throws where there is none. */
  find(input: QueryInput): Stack;
  existing(name: string): Stack | undefined;
  /** Runs in the background; the request is answered at once. */
  begin(work: Promise<void>): void;
}
