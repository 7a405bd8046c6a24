import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { UsageError } from '../input/failure.ts';

/** What the replayer answers. */
export interface ReplayAnswer {
  readonly found: number;
  readonly matched: number;
  readonly replayed: number;
  readonly quarantined: number;
  readonly lost: number;
  readonly bytes: number;
  readonly skipped: Readonly<Record<string, number>>;
  readonly unreadable: Readonly<Record<string, number>>;
  readonly failed: Readonly<Record<string, number>>;
  readonly samples?: readonly unknown[];
  readonly continuation?: unknown;
}

/** Invokes the replayer at an endpoint. */
export interface Replayer {
  invoke(command: object): Promise<ReplayAnswer>;
  close(): void;
}

/** A replay takes as long as an invocation may. */
const TIMEOUT_MS = 900_000;

/** Undefined: AWS itself, or where the environment points to. */
export function connectReplayer(endpoint: string | undefined, functionName: string): Replayer {
  const client = new LambdaClient({
    maxAttempts: 1,
    requestHandler: { requestTimeout: TIMEOUT_MS },
    ...(endpoint !== undefined && {
      endpoint,
      region: 'us-east-1',
      credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    }),
  });
  return {
    async invoke(command) {
      const Payload = Buffer.from(JSON.stringify(command));
      const answer = await client.send(new InvokeCommand({ FunctionName: functionName, Payload }));
      const result = JSON.parse(Buffer.from(answer.Payload ?? []).toString('utf8'));
      if (answer.FunctionError === undefined) return result as ReplayAnswer;
      const { errorType, errorMessage } = result as { errorType?: string; errorMessage?: string };
      if (errorType === 'CommandError') throw new UsageError(String(errorMessage));
      throw new Error(`The replayer failed: ${errorType}: ${errorMessage}`);
    },
    close: () => client.destroy(),
  };
}
