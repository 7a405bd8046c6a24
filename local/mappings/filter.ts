/** Filters of event source mappings. https://docs.aws.amazon.com/lambda/latest/dg/with-kinesis-filtering.html */
import { compilePattern, type Pattern } from './pattern.ts';
import { fail, object, type Properties, text } from './properties.ts';

/** Whether a record goes to the function. `content` is its data or body, `about` its other members. */
export type Filter = (content: string, about: Properties) => boolean;

/** `member` is what a pattern calls the content: `data` of a Kinesis record, `body` of an SQS message. */
export function readFilters(criteria: Properties | undefined, member: string): Filter | undefined {
  const filters = criteria?.Filters;
  if (!Array.isArray(filters) || filters.length === 0) return undefined;
  const compiled = filters.map((each, index) => readFilter(each, member, `FilterCriteria.Filters[${index}].Pattern`));
  return (content, about) => compiled.some((filter) => filter(content, about));
}

function readFilter(filter: unknown, member: string, path: string): Filter {
  const pattern = parse(text(object(filter)?.Pattern) ?? fail(path, 'is missing'), path);
  const matches: Pattern = compilePattern(pattern, path);
  const wanted = object(pattern)?.[member];
  // A pattern for the content's members needs JSON; one for the content itself needs it plain.
  const wantsJson = object(wanted) !== undefined;
  return (content, about) => {
    if (wanted === undefined) return matches(about);
    if (!wantsJson) return matches({ ...about, [member]: content });
    try {
      return matches({ ...about, [member]: JSON.parse(content) });
    } catch {
      return false;
    }
  };
}

function parse(pattern: string, path: string): unknown {
  try {
    return JSON.parse(pattern);
  } catch {
    return fail(path, 'is not JSON');
  }
}
