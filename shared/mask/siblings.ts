import type { Node } from '../record/document.ts';
import type { KeyNames, NamedKey } from './detection/key-names.ts';
import { parentOf } from './parents.ts';

/** Keys of lists of names and values, `{"key":"password","value":"…"}`: attributes, headers, tags, fields of forms. */
const NAMING = new Set([
  'name',
  'key',
  'field',
  'fieldname',
  'attribute',
  'header',
  'param',
  'parameter',
  'label',
  'type',
  'system',
]);
const BESIDE = new Set(['value', 'values', 'val', 'fieldvalue', 'stringvalue', 'answer']);
const LONGEST_NAME = 48;

/** Whether a key's value may name what stands beside it. */
export function isNamingKey(key: string): boolean {
  return NAMING.has(key.toLowerCase());
}

/** Whether a key's value may be named by what stands beside it. */
export function isKeyBeside(key: string): boolean {
  return BESIDE.has(key.toLowerCase());
}

/** A latitude or longitude. */
interface Half {
  readonly node: Node;
  /** The path of the object that it stands in. */
  readonly parent: string;
  readonly half: 'latitude' | 'longitude';
  readonly detector: number;
}

/** Values of one document that say what they are only together with a value beside them. */
export interface Siblings {
  /** Whether anything waits to be looked at when the document has been gone through. */
  readonly waiting: boolean;
  /** Whether something may be named by what stands beside it: only then is it asked what does. */
  readonly wantNames: boolean;
  clear(): void;
  /** True where the value waits until it is known whether the other half stands beside it. */
  noteHalf(node: Node, named: NamedKey): boolean;
  noteName(node: Node): void;
  noteBeside(node: Node): void;
  halves(): readonly { readonly node: Node; readonly detector: number; readonly paired: boolean }[];
  /** Values that another names, with the rules for that name. Those that were dealt with are left out. */
  named(): readonly { readonly node: Node; readonly names: readonly NamedKey[] }[];
}

export function createSiblings(keyNames: KeyNames | undefined): Siblings {
  let halves: Half[] = [];
  let beside: Node[] = [];
  /** Names of what stands beside them, by the path of their object. */
  let said = new Map<string, string>();
  return {
    get wantNames() {
      return beside.length > 0;
    },
    get waiting() {
      return halves.length > 0 || beside.length > 0;
    },
    clear() {
      if (halves.length > 0) halves = [];
      if (beside.length > 0) beside = [];
      if (said.size > 0) said = new Map();
    },
    noteHalf(node, { rule, detector }) {
      if (node.kind !== 'number' && node.kind !== 'string') return false;
      halves.push({ node: node.copy(), parent: parentOf(node.path), half: rule.pair!, detector });
      return true;
    },
    noteName(node) {
      const name = node.kind === 'string' ? node.string! : '';
      if (name.length > LONGEST_NAME || !keyNames!.mayEnd(name, 0, name.length)) return;
      if (keyNames!.find(name).length > 0) said.set(parentOf(node.path), name);
    },
    noteBeside: (node) => void beside.push(node.copy()),
    halves() {
      const of = (asked: Half['half']) =>
        new Set(halves.filter(({ half }) => half === asked).map(({ parent }) => parent));
      const [latitudes, longitudes] = [of('latitude'), of('longitude')];
      return halves.map(({ node, detector, parent }) => ({
        node,
        detector,
        paired: latitudes.has(parent) && longitudes.has(parent),
      }));
    },
    named() {
      return beside.flatMap((node) => {
        const name = node.settled ? undefined : said.get(parentOf(node.path));
        if (name === undefined) return [];
        const names = keyNames!.find(name).filter(({ rule }) => rule.pair === undefined && rule.below === undefined);
        return [{ node, names }];
      });
    },
  };
}
