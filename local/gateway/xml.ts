/** XML as AWS's query and REST protocols use it: elements and text, no attributes that matter, no DTD. */

export interface XmlElement {
  readonly name: string;
  readonly children: readonly XmlElement[];
  /** The element's own text, entities resolved. */
  readonly text: string;
}

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
  '\r': '&#13;',
};

/** Escapes text; control characters become references, as S3 writes them. */
function escapeXml(text: string): string {
  return text.replace(/[&<>"'\r]|[\x00-\x08\x0b\x0c\x0e-\x1f]/g, (c) => ESCAPES[c] ?? `&#${c.charCodeAt(0)};`);
}

export type XmlValue =
  | string
  | number
  | boolean
  | undefined
  | readonly XmlValue[]
  | { readonly [name: string]: XmlValue };

/**
 * Writes an element. A list under a name becomes that element repeated, or, when `member` is given, one element
 * with `<member>` for each: the query protocol's way.
 */
export function writeXml(name: string, value: XmlValue, member?: string): string {
  if (value === undefined) return '';
  if (Array.isArray(value)) {
    if (member === undefined) return value.map((item) => writeXml(name, item)).join('');
    return `<${name}>${value.map((item) => writeXml(member, item, member)).join('')}</${name}>`;
  }
  if (typeof value !== 'object') return `<${name}>${escapeXml(String(value))}</${name}>`;
  const inner = Object.entries(value).map(([key, child]) => writeXml(key, child, member));
  return `<${name}>${inner.join('')}</${name}>`;
}

const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

function resolveEntities(text: string): string {
  return text.replace(/&(#x[0-9a-fA-F]{1,6}|#\d{1,7}|\w+);/g, (whole, entity: string) => {
    if (!entity.startsWith('#')) return ENTITIES[entity] ?? whole;
    const point = entity[1] === 'x' ? Number.parseInt(entity.slice(2), 16) : Number(entity.slice(1));
    return point <= 0x10ffff ? String.fromCodePoint(point) : whole;
  });
}

const DEEPEST = 64;
const TOKEN =
  /<!\[CDATA\[([\s\S]*?)\]\]>|<!--[\s\S]*?-->|<\?[\s\S]*?\?>|<\/([^\s>]+)\s*>|<([^\s/>!]+)([^>]*?)(\/?)>|([^<]+)/gy;

/** Reads one document. `undefined` when it is not well-formed, is deeper than 64 or bears a DTD. */
export function readXml(source: string): XmlElement | undefined {
  const root = { name: '', children: [] as XmlElement[], text: '' };
  const open = [root];
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < source.length) {
    const token = TOKEN.exec(source);
    if (token === null || open.length > DEEPEST) return undefined;
    const [, cdata, closing, opening, , selfClosing, text] = token;
    const top = open[open.length - 1] as typeof root;
    if (cdata !== undefined) top.text += cdata;
    else if (text !== undefined) top.text += resolveEntities(text);
    else if (closing !== undefined) {
      if (open.length === 1 || localName(closing) !== top.name) return undefined;
      open.pop();
    } else if (opening !== undefined) {
      const element = { name: localName(opening), children: [], text: '' };
      top.children.push(element);
      if (selfClosing !== '/') open.push(element);
    }
  }
  return open.length === 1 && root.children.length === 1 ? root.children[0] : undefined;
}

function localName(name: string): string {
  return name.slice(name.indexOf(':') + 1);
}

export function child(element: XmlElement | undefined, name: string): XmlElement | undefined {
  return element?.children.find((each) => each.name === name);
}

export function childText(element: XmlElement | undefined, name: string): string | undefined {
  return child(element, name)?.text;
}
