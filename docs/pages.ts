import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { destinations } from '../shared/delivery/index.ts';
import { enrichers } from '../shared/enrich/index.ts';
import { filters } from '../shared/filter/index.ts';
import { formats } from '../shared/formats/index.ts';
import type { Detector } from '../shared/mask/detector.ts';
import { DETECTORS } from '../shared/mask/detectors/index.ts';
import { masks, methods, PRESETS } from '../shared/mask/index.ts';
import { LIMITS } from '../shared/platform/limits.ts';
import type { Example, Reference } from '../shared/record/reference.ts';

type Words = Readonly<Record<string, { readonly reference: Reference<never> }>>;

const GENERATED = '<!-- Made by `npm run docs`. Change the code it describes instead. -->';

/** The reference pages: file name → Markdown. */
export function pages(): Readonly<Record<string, string>> {
  return {
    'formats.md': wordsPage(
      'Formats',
      'How records are read (`input`) and leave (`output`).',
      formats as unknown as Words,
    ),
    'filters.md': wordsPage('Filters', 'Steps that decide which documents go on.', filters as unknown as Words),
    'enrichers.md': wordsPage(
      'Enrichers',
      'Steps that add to documents or change their shape.',
      enrichers as unknown as Words,
    ),
    'masks.md': wordsPage(
      'Masks',
      'Steps that mask values, by path or by what is detected in them.',
      masks as unknown as Words,
    ),
    'mask-methods.md': wordsPage(
      'Mask methods',
      'What is put in the place of a value: `mask(path, method)`, `maskDetected(pattern, detectors, method)`. The examples mask the path `value`.',
      methods as unknown as Words,
    ),
    'presets.md': presetsPage(),
    'detectors.md': detectorsPage(DETECTORS),
    'destinations.md': destinationsPage(),
    'limits.md': limitsPage(),
    'parameters.md': parametersPage(),
  };
}

function wordsPage(title: string, summary: string, words: Words): string {
  return page(
    title,
    summary,
    Object.values(words).map(({ reference }) => wordSection(reference)),
  );
}

function wordSection({ name, summary, settings, examples }: Reference<never>): string {
  const rows = Object.entries(settings).map(([setting, text]) => `| \`${setting}\` | ${cell(text)} |`);
  const table = rows.length === 0 ? [] : ['| setting | |\n| --- | --- |', ...rows].join('\n');
  const shown = examples.map((example) => exampleBlock(name, example));
  return [`## ${name}`, summary, table, ...shown].flat().join('\n\n');
}

function exampleBlock(name: string, { shows, args, in: input, out }: Example<never>): string {
  const call = `${name}(${(args as readonly unknown[]).map(written).join(', ')})`;
  const given = typeof input === 'string' ? input : `base64 ${input.base64}`;
  const made = typeof out === 'string' ? out : 'dropped' in out ? `dropped: ${out.dropped}` : `failed: ${out.failed}`;
  return `**${shows}**\n\n\`\`\`\n${call}\n\nin   ${indented(given)}\nout  ${indented(made)}\n\`\`\``;
}

/** An argument as its author would write it, as far as JSON can say it. */
function written(argument: unknown): string {
  return (
    JSON.stringify(argument, (_, value) => (typeof value === 'function' ? '…' : value))?.replaceAll('"…"', '…') ?? ''
  );
}

function indented(text: string): string {
  return text.replace(/[\r\n]+$/, '').replace(/\r?\n/g, '\n     ');
}

/** What each preset covers, and what it does not. */
function presetsPage(): string {
  const listed = (title: string, lines: readonly string[]) =>
    `${title}:\n\n${lines.map((line) => `- ${line}`).join('\n')}`;
  const sections = PRESETS.map(({ name, title, detectors, covers, doesNotCover }) =>
    [
      `## ${name}`,
      `${title}. Looks for ${detectors.map(code).join(', ')}.`,
      listed('Covers', covers),
      listed('Does not cover', doesNotCover),
    ].join('\n\n'),
  );
  return page(
    'Presets',
    'What `preset(name)` looks for, and what it leaves to do. A preset is a beginning, not compliance.',
    sections,
  );
}

function detectorsPage(detectors: readonly Detector[]): string {
  const groups = [...new Set(detectors.map(({ group }) => group))];
  const sections = groups.map((group) => {
    const members = detectors.filter((detector) => detector.group === group);
    return [`## ${group}`, ...members.map(detectorSection)].join('\n\n');
  });
  const summary =
    'What `maskDetected` finds, by group. The token is the name in upper snake case in brackets. A detector that needs a keyword takes one within 30 characters of the value, or in its path.';
  return page('Detectors', summary, sections);
}

function detectorSection({ name, finds, needs, overlooks, keywords = [], examples }: Detector): string {
  const rows = [
    `| finds | ${cell(finds)} |`,
    `| needs | ${cell(needs)} |`,
    `| overlooks | ${cell(overlooks)} |`,
    ...(keywords.length === 0 ? [] : [`| keywords | ${cell(keywords.join(', '))} |`]),
    `| finds it in | ${examples.hits.slice(0, 4).map(code).join('<br>')} |`,
    `| leaves | ${examples.misses.slice(0, 4).map(code).join('<br>')} |`,
  ];
  return [`### ${name}`, ['| | |\n| --- | --- |', ...rows].join('\n')].join('\n\n');
}

/** What each destination takes in one request, asked of the destination itself. */
function destinationsPage(): string {
  const rows = Object.entries(destinations).map(([name, deliver]) => {
    const { target, connect } = deliver();
    const { limits, ordered, joinBytes } = connect();
    const sizes = [limits.records, limits.bytes, limits.record].map((size) => size.toLocaleString('en-US'));
    const setting = target.replace(/^\w+ /, '');
    return `| \`${name}\` | \`${setting}\` | ${sizes.join(' | ')} | ${ordered ? 'kept' : 'kept within a request'} | ${joinBytes.toLocaleString('en-US')} |`;
  });
  const head =
    '| word | goes to, unless told | entries a request | bytes a request | bytes an entry | order of a key | joins documents up to |\n| --- | --- | --- | --- | --- | --- | --- |';
  const summary =
    'Where the stream consumer and the logs decoder deliver: `deliver` in a pipeline. What is too large goes to the bucket of CLAIM_BUCKET, and a pointer goes in its place.';
  return page('Destinations', summary, [[head, ...rows].join('\n')]);
}

/** The table of limits with its comments, which name their sources. */
function limitsPage(): string {
  const rows = Object.entries(LIMITS).flatMap(([service, limits]) =>
    Object.entries(limits).map(
      ([name, value]) => `| ${service} | ${name} | ${(value as number).toLocaleString('en-US')} |`,
    ),
  );
  const summary =
    'The limits of AWS that the suite keeps to. Sizes in bytes; sources stand in `shared/platform/limits.ts`.';
  return page('Limits', summary, [['| service | limit | value |\n| --- | --- | --- |', ...rows].join('\n')]);
}

/** The parameters of serverless.yml, with the comments above them. */
function parametersPage(): string {
  const lines = readFileSync(join(import.meta.dirname, '..', 'serverless.yml'), 'utf8').split('\n');
  const from = lines.indexOf('  default:');
  const rows: string[] = [];
  let comment: string[] = [];
  for (const line of lines.slice(from + 1)) {
    const note = /^ {4}# (.*)$/.exec(line)?.[1];
    const [, name, value] = /^ {4}(\w+): (.*)$/.exec(line) ?? [];
    if (note !== undefined) comment.push(note);
    else if (name === undefined) break;
    else {
      rows.push(`| \`${name}\` | \`${value}\` | ${cell(comment.join(' '))} |`);
      comment = [];
    }
  }
  const summary = 'What can be chosen under `params` of `serverless.yml`, or with `--param="name=value"`.';
  return page('Parameters', summary, [['| parameter | default | |\n| --- | --- | --- |', ...rows].join('\n')]);
}

function page(title: string, summary: string, sections: readonly string[]): string {
  return `${[`# ${title}`, GENERATED, summary, ...sections].join('\n\n')}\n`;
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll('\n', ' ');
}

function code(example: unknown): string {
  const text = typeof example === 'string' ? example : JSON.stringify(example);
  return `\`${cell(text).replaceAll('`', "'")}\``;
}
