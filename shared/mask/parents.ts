/** What a key is bound to: the object that it stands in. */
export function keyPath(path: string): string {
  const parent = parentOf(path);
  return parent === '' ? '*' : `${parent}.*`;
}

/** The path of the object or array that the value at a path is in. */
export function parentOf(path: string): string {
  if (!path.endsWith(']')) return path.slice(0, Math.max(path.lastIndexOf('.'), 0));
  if (!path.endsWith('"]')) return path.slice(0, path.lastIndexOf('['));
  // A quoted key may hold anything: its quotes begin where a whole JSON string does.
  for (let at = path.indexOf('["'); at >= 0; at = path.indexOf('["', at + 1)) {
    if (isJsonString(path.slice(at + 1, -1))) return path.slice(0, at);
  }
  return '';
}

function isJsonString(text: string): boolean {
  try {
    return typeof JSON.parse(text) === 'string';
  } catch {
    return false;
  }
}
