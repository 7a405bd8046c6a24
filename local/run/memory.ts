/** The largest this process has been, in MB. */
export interface MemoryWatch {
  peakMb(): number;
  stop(): void;
}

const LOOK_MS = 200;

export function watchMemory(): MemoryWatch {
  let peak = process.memoryUsage.rss();
  const look = (): void => {
    peak = Math.max(peak, process.memoryUsage.rss());
  };
  const timer = setInterval(look, LOOK_MS);
  timer.unref();
  return {
    peakMb() {
      look();
      return Math.round(peak / 1024 / 1024);
    },
    stop: () => clearInterval(timer),
  };
}
