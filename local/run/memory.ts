/** The largest that this process has been, and the functions' processes together. */
import { readdirSync, readFileSync } from 'node:fs';
import { residentKib } from '../lambda/memory.ts';

export interface MemoryWatch {
  /** MB. */
  peakMb(): number;
  /** Of all processes that this one started, at one time, MB; 0 where there is no /proc. */
  functionsPeakMb(): number;
  stop(): void;
}

const LOOK_MS = 200;

export function watchMemory(): MemoryWatch {
  let own = 0;
  let functions = 0;
  const look = (): void => {
    own = Math.max(own, process.memoryUsage.rss() / 1024);
    functions = Math.max(functions, childrenKib());
  };
  look();
  const timer = setInterval(look, LOOK_MS);
  timer.unref();
  return {
    peakMb() {
      look();
      return Math.round(own / 1024);
    },
    functionsPeakMb: () => Math.round(functions / 1024),
    stop: () => clearInterval(timer),
  };
}

/** Each thread has its list of the processes it started. */
function childrenKib(): number {
  try {
    const ids = readdirSync('/proc/self/task').flatMap((thread) =>
      readFileSync(`/proc/self/task/${thread}/children`, 'latin1').split(' '),
    );
    return ids.reduce((sum, id) => sum + (id === '' ? 0 : (residentKib(Number(id)) ?? 0)), 0);
  } catch {
    // Another system, or a thread that ended meanwhile.
    return 0;
  }
}
