import type { LocalAccount } from '../account/start-local.ts';

/** What ends a run before its end. */
export interface Stop {
  /** Aborted by the person, or when the run can't go on. */
  readonly signal: AbortSignal;
  /** Why the run can't go on; undefined when the person stopped it, or nobody did. */
  fault(): string | undefined;
  close(): void;
}

const LOOK_MS = 250;

/** Watches for the person's interruption, and for a data folder that can't be written any more. */
export function watchForStop(account: LocalAccount, interruption: AbortSignal, say: (text: string) => void): Stop {
  const controller = new AbortController();
  const interrupt = (): void => controller.abort();
  let fault: string | undefined;
  if (interruption.aborted) interrupt();
  interruption.addEventListener('abort', interrupt, { once: true });
  const timer = setInterval(() => {
    const code = account.diskFault();
    if (code === undefined || fault !== undefined) return;
    fault = `${account.dataDir} can't be written any more (${code}): the run stops`;
    say(fault);
    controller.abort();
  }, LOOK_MS);
  timer.unref();
  return {
    signal: controller.signal,
    fault: () => fault,
    close() {
      clearInterval(timer);
      interruption.removeEventListener('abort', interrupt);
    },
  };
}
