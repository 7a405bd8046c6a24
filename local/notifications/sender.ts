/** Sends messages to targets, trying again for a day, as S3 and EventBridge do; but not what they may not send. */
import type { Clock } from '../account/contracts.ts';
import type { TargetOptions, Targets } from '../account/targets.ts';
import { AwsError } from '../gateway/aws-error.ts';

export interface SenderFigures {
  readonly sent: number;
  /** Given up on: after a day, or since it may not be sent. */
  readonly lost: number;
}

export interface Sender {
  /** `letters` gets the message when its target never takes it. */
  send(targets: Targets, arn: string, message: string, options?: TargetOptions, letters?: string): void;
  figures(): SenderFigures;
  idle(): boolean;
  stop(): void;
}

const KEEP_TRYING_MS = 24 * 3_600_000;
const DELAY_MS = { first: 1000, most: 60_000 };

export function createSender(clock: Clock): Sender {
  const gone = new AbortController();
  let open = 0;
  let sent = 0;
  let lost = 0;

  async function attempt(
    targets: Targets,
    arn: string,
    message: string,
    options: TargetOptions | undefined,
  ): Promise<boolean> {
    const since = clock.now();
    for (let tries = 0; !gone.signal.aborted; tries++) {
      try {
        await targets.send(arn, message, options);
        return true;
      } catch (cause) {
        if (cause instanceof AwsError && cause.code.startsWith('AccessDenied')) return false;
        const wait = Math.min(DELAY_MS.first * 2 ** Math.min(tries, 16), DELAY_MS.most);
        if (clock.now() + wait - since > KEEP_TRYING_MS) return false;
        await clock.sleep(wait, gone.signal);
      }
    }
    return false;
  }

  async function deliver(
    targets: Targets,
    arn: string,
    message: string,
    options: TargetOptions | undefined,
    letters: string | undefined,
  ): Promise<void> {
    open += 1;
    let taken = await attempt(targets, arn, message, options);
    if (!taken && letters !== undefined) taken = await attempt(targets, letters, message, {});
    if (taken) sent += 1;
    else lost += 1;
    open -= 1;
  }

  return {
    send: (targets, arn, message, options, letters) => void deliver(targets, arn, message, options, letters),
    figures: () => ({ sent, lost }),
    idle: () => open === 0,
    stop: () => gone.abort(),
  };
}
