/**
 * Settings that keep a long run's memory where it is. They can only be given as a process starts.
 *
 * V8: a young generation of 64 MiB fills with garbage before it is looked through, on a machine with much memory; twice
 * that is resident. An old generation with 80 MiB in use grows to several times that before it is.
 */
const V8 = ['--max-semi-space-size=16', '--heap-growing-percent=50'];

/**
 * glibc: bodies and buffers of some hundred KiB come and go by the thousand. By its defaults the first large one that is
 * freed makes glibc take the next ones from its heap, where a small one that stays behind a large one keeps the gap from
 * being given back; and each thread that allocates has a heap of its own. With a fixed threshold large ones are mapped,
 * and given back as they are freed. https://man7.org/linux/man-pages/man3/mallopt.3.html
 */
const MALLOC = { MALLOC_ARENA_MAX: '1', MALLOC_MMAP_THRESHOLD_: '131072', MALLOC_TRIM_THRESHOLD_: '131072' };

/** Starts this process anew with these settings, once: same id, arguments, input and output. Does nothing where the system can't. */
export function settleMemory(): void {
  const [first = ''] = V8;
  if (process.platform === 'win32' || process.execve === undefined || process.execArgv.includes(first)) return;
  const args = [process.execPath, ...V8, ...process.execArgv, ...process.argv.slice(1)];
  process.execve(process.execPath, args, { ...MALLOC, ...(process.env as Record<string, string>) });
}
