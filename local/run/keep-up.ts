import type { LocalAccount } from '../account/start-local.ts';

/** Says how to reach the account, and stays up until the person interrupts. */
export async function keepUp(account: LocalAccount, signal: AbortSignal): Promise<void> {
  process.stdout.write(`
The account stays up at ${account.endpoint} until Ctrl-C. To point the AWS CLI or an SDK at it:

  export AWS_ENDPOINT_URL=${account.endpoint} AWS_REGION=us-east-1 AWS_ACCESS_KEY_ID=local AWS_SECRET_ACCESS_KEY=local
  aws kinesis list-streams
`);
  await new Promise<void>((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener('abort', () => resolve(), { once: true });
    // A timer that never matters keeps the process up.
    const stay = setInterval(() => {}, 3_600_000);
    signal.addEventListener('abort', () => clearInterval(stay), { once: true });
  });
}
