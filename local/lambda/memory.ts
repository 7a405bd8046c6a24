/** The resident memory of a process, where the kernel tells it. */
import { readFileSync } from 'node:fs';

const PAGE_KIB = 4;

/** In KiB; undefined where there is no /proc, or no such process. */
export function residentKib(pid: number): number | undefined {
  try {
    const pages = Number(readFileSync(`/proc/${pid}/statm`, 'latin1').split(' ')[1]);
    return Number.isFinite(pages) ? pages * PAGE_KIB : undefined;
  } catch {
    return undefined;
  }
}
