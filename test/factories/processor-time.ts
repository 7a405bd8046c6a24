/**
 * The processor time that some work takes, in milliseconds: what else the machine does meanwhile does not count. The work
 * of the whole process is counted, collecting garbage included; a test file has a process of its own.
 */
export function processorMs(work: () => unknown): number {
  const before = process.cpuUsage();
  work();
  return since(before);
}

/** The same of work that is waited for. */
export async function processorMsOf(work: () => Promise<unknown>): Promise<number> {
  const before = process.cpuUsage();
  await work();
  return since(before);
}

function since(before: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}
