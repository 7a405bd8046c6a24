import { encodeUtf8 } from '../record/byte-string.ts';
import type { JsonText } from '../record/document.ts';

/** The parts of an absolute URL. User name and password are left out: they belong to nobody downstream. */
export function readUrl(text: string): JsonText | undefined {
  const url = URL.parse(text);
  if (url === null) return undefined;
  const parts = {
    scheme: url.protocol.slice(0, -1),
    host: url.hostname === '' ? undefined : url.hostname,
    port: url.port === '' ? undefined : Number(url.port),
    path: url.pathname,
    query: url.search === '' ? undefined : valuesOf(url.searchParams),
    fragment: url.hash === '' ? undefined : url.hash.slice(1),
  };
  return encodeUtf8(JSON.stringify(parts));
}

/** `application/x-www-form-urlencoded` text, with or without its `?`: https://url.spec.whatwg.org/#urlencoded-parsing */
export function readQuery(text: string): JsonText {
  return encodeUtf8(JSON.stringify(valuesOf(new URLSearchParams(text))));
}

function valuesOf(parameters: URLSearchParams): Record<string, string | readonly string[]> {
  const values = new Map<string, string[]>();
  for (const [name, value] of parameters) {
    const known = values.get(name);
    if (known === undefined) values.set(name, [value]);
    else known.push(value);
  }
  return Object.fromEntries([...values].map(([name, all]) => [name, all.length === 1 ? all[0]! : all]));
}
