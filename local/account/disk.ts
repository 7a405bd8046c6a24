import type { LocalObjects } from '../s3/objects.ts';

/** Whether the data folder can still be written: an error code such as ENOSPC, from when it could not. */
export interface Disk {
  fault: string | undefined;
}

const CODES = ['ENOSPC', 'EDQUOT', 'EROFS', 'EACCES', 'EPERM', 'EIO'];

/** Notes an error that comes of the disk. True when it does. */
export function noteDiskFault(disk: Disk, error: unknown): boolean {
  const { code, cause } = (error ?? {}) as { code?: unknown; cause?: { code?: unknown } };
  const found = CODES.find((known) => known === code || known === cause?.code);
  disk.fault ??= found;
  return found !== undefined;
}

/** The objects as they are; what the disk refuses is noted on the way. */
export function watchDisk(objects: LocalObjects, disk: Disk): LocalObjects {
  return {
    ...objects,
    async put(...given) {
      try {
        await objects.put(...given);
      } catch (cause) {
        noteDiskFault(disk, cause);
        throw cause;
      }
    },
  };
}
