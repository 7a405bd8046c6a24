import type { FunctionDefinition } from './definition.ts';

export interface AsyncEvent {
  readonly definition: FunctionDefinition;
  readonly payload: string;
  readonly requestId: string;
  /** Epoch milliseconds. */
  readonly accepted: number;
  /** Invocations that the function failed. */
  attempts: number;
  throttles: number;
}

/** How it ended, in the words of the document that its destination gets. */
export type Condition = 'Success' | 'RetriesExhausted' | 'EventAgeExceeded';
