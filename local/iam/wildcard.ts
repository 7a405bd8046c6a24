/**
 * Matching with `*` (any characters) and `?` (one), as policies spell actions and resources.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html
 */
export type Matcher = (text: string) => boolean;

const MATCHERS = new Map<string, Matcher>();
const MOST_MATCHERS = 10_000;

export function wildcard(pattern: string, options: { readonly ignoreCase?: boolean } = {}): Matcher {
  const key = `${options.ignoreCase === true ? 'i' : 'c'}${pattern}`;
  const known = MATCHERS.get(key);
  if (known !== undefined) return known;
  const made = compile(pattern, options.ignoreCase === true);
  if (MATCHERS.size >= MOST_MATCHERS) MATCHERS.clear();
  MATCHERS.set(key, made);
  return made;
}

function compile(pattern: string, ignoreCase: boolean): Matcher {
  if (!/[*?]/.test(pattern)) {
    if (!ignoreCase) return (text) => text === pattern;
    const lower = pattern.toLowerCase();
    return (text) => text.toLowerCase() === lower;
  }
  // Runs of stars mean what one does; written as one, no text takes long.
  const source = pattern
    .replace(/\*+/g, '*')
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '[^]*')
    .replaceAll('?', '[^]');
  const expression = new RegExp(`^${source}$`, ignoreCase ? 'i' : '');
  return (text) => expression.test(text);
}
