/** Events of groups that there was no room for. */
export const OTHER = 'other';
/** Events that came too late for their window, too early, or without a time. */
export const LATE = 'late';

/** The values of a group, `null` where an event had none. Undefined for `other` and `late`, which have none. */
export function groupValues(group: string): readonly (string | null)[] | undefined {
  return group.startsWith('[') ? JSON.parse(group) : undefined;
}
