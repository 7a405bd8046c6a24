import fc from 'fast-check';

/** Keys that collide, hide in prototypes, need escapes, or are as long as they like. */
const key = fc.oneof(
  fc.constantFrom(
    'a',
    'b',
    'c',
    'id',
    'user',
    'email',
    'items',
    '__proto__',
    'constructor',
    'toString',
    '',
    'a.b',
    '[0]',
    '*',
    '"',
    '\\',
    'é',
    '😀',
    '\u0000',
  ),
  fc.string({ unit: 'binary', maxLength: 12 }),
);

/** The text of a number, in spellings that JSON.stringify would not keep. */
const numberText = fc.oneof(
  fc.constantFrom(
    '0',
    '-0',
    '0.0',
    '1.0',
    '1e2',
    '1E+02',
    '-1.50',
    '12345678901234567890',
    '1e400',
    '0.1000000000000000055',
  ),
  fc.integer().map(String),
  fc.double({ noDefaultInfinity: true, noNaN: true }).map((value) => JSON.stringify(value)),
);

/** The text of a string, escaped in one of the ways that JSON allows. */
export const stringText = fc
  .tuple(fc.string({ unit: 'binary', maxLength: 24 }), fc.constantFrom('plain', 'escaped', 'mixed'))
  .map(([text, how]) => {
    if (how === 'plain') return JSON.stringify(text);
    const escaped = [...text].map((character, index) =>
      how === 'escaped' || index % 2 === 0
        ? [...character]
            .flatMap((c) =>
              Array.from({ length: c.length }, (_, i) => `\\u${c.charCodeAt(i).toString(16).padStart(4, '0')}`),
            )
            .join('')
        : JSON.stringify(character).slice(1, -1),
    );
    return `"${escaped.join('')}"`;
  });

const space = fc.constantFrom('', '', '', ' ', '\n', '\t', ' \r\n ');

/** JSON text in any spelling: white space, duplicate keys, odd numbers, escapes. */
export const jsonText: fc.Arbitrary<string> = fc.letrec<{
  value: string;
  scalar: string;
  array: string;
  object: string;
}>((tie) => ({
  scalar: fc.oneof(fc.constantFrom('true', 'false', 'null'), numberText, stringText),
  array: fc
    .tuple(fc.array(fc.tuple(space, tie('value'), space), { maxLength: 5 }), space)
    .map(([items, inside]) => `[${items.length === 0 ? inside : items.map((parts) => parts.join('')).join(',')}]`),
  object: fc
    .tuple(fc.array(fc.tuple(space, key, space, space, tie('value'), space), { maxLength: 5 }), space)
    .map(
      ([members, inside]) =>
        `{${members.length === 0 ? inside : members.map(([one, name, two, three, value, four]) => `${one}${JSON.stringify(name)}${two}:${three}${value}${four}`).join(',')}}`,
    ),
  value: fc.oneof({ depthSize: 'small', withCrossShrink: true }, tie('scalar'), tie('array'), tie('object')),
})).value;

/** Almost JSON: a text with a few bytes changed, cut or doubled. */
export const brokenJson = fc
  .tuple(
    jsonText,
    fc.array(fc.tuple(fc.nat(), fc.integer({ min: 0, max: 255 }), fc.constantFrom('set', 'cut', 'double')), {
      minLength: 1,
      maxLength: 3,
    }),
  )
  .map(([text, changes]) => {
    let bytes = [...Buffer.from(text)];
    for (const [place, byte, how] of changes) {
      const at = bytes.length === 0 ? 0 : place % bytes.length;
      if (how === 'set') bytes[at] = byte;
      else if (how === 'cut') bytes = bytes.slice(0, at);
      else bytes.splice(at, 0, ...bytes.slice(at, at + 4));
    }
    return Buffer.from(bytes);
  });

export const randomBytes = fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes));
