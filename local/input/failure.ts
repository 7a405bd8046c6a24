/** What was given can't be used: told to the person in one line, without a stack. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** A file-system error in words a person can act on. */
export function explain(cause: unknown, reasons: Readonly<Record<string, string>> = REASONS): string {
  const { code, message } = cause as NodeJS.ErrnoException;
  return (code !== undefined && reasons[code]) || message || String(cause);
}

/** The same for what is to be written: only a folder can be missing. */
export function explainWrite(cause: unknown): string {
  return explain(cause, { ...REASONS, ENOENT: 'there is no such folder' });
}

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  EISDIR: 'it is a folder',
  ENOTDIR: 'a part of the path is not a folder',
  EACCES: 'permission denied',
  EPERM: 'permission denied',
  EROFS: 'the disk is read-only',
  ENOSPC: 'the disk is full',
  EDQUOT: 'the disk quota is used up',
  EMFILE: 'too many open files',
  EIO: 'the disk could not be read',
  ELOOP: 'too many symbolic links',
};
