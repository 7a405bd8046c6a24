import { compilePath, selectorOf } from '../json/index.ts';
import type { Selector } from '../record/document.ts';
import { documented } from '../record/reference.ts';
import type { CompiledStep, Step, StepCompiler } from '../record/step.ts';
import { compileSet } from './detection/set.ts';
import { type Detector, GROUPS, type Group, registerTokens } from './detector.ts';
import { DETECTOR_GROUPS } from './detector-names.ts';
import { createDocumentMasker, type DocumentMasker } from './document.ts';
import { isMaskStep, lifecycle, maskFailed, methodCompiler } from './mask.ts';
import { MaskError, type Method, type Place } from './method.ts';
import { redact } from './methods/redact.ts';
import { compileScope } from './scope.ts';

/** Names of detectors and groups, or all of them. */
export type DetectorNames = 'all' | readonly string[];

export interface DetectionOptions {
  /** Paths that are looked at, with all below them; left out: all that the pattern matches. */
  readonly include?: readonly string[];
  /** Paths that are not looked at, with all below them. */
  readonly exclude?: readonly string[];
  /** Values that stay though they are found: exact ones, or patterns for the whole of a find. */
  readonly allow?: readonly (string | RegExp)[];
}

export const maskDetected = documented<
  [pattern: string, detectors: DetectorNames, method: Method, options?: DetectionOptions],
  Step
>(
  {
    name: 'maskDetected',
    summary:
      'Masks what detectors find in strings, object keys and numbers: also inside JSON in strings, percent-encoded text, base64 and disguised characters. The rest of a text stays as it is. Values under keys that say what they are (`password`, `dateOfBirth`) are masked whole.',
    settings: {
      pattern: 'Where to look, with all below: `**` for everything.',
      detectors: 'Names of detectors or groups, or `all`.',
      method: 'How finds are masked.',
      'options.include': 'Paths that are looked at, with all below them; left out: all that the pattern matches.',
      'options.exclude': 'Paths that are not looked at, with all below them.',
      'options.allow':
        'Values that stay though they are found: exact ones, or regular expressions for the whole of a find.',
    },
    examples: [
      {
        shows: 'a find in a text',
        args: ['**', ['email'], redact()],
        in: '{"note":"write to alice@example.com"}',
        out: '{"note":"write to [EMAIL]"}',
      },
      {
        shows: 'a card as a number',
        args: ['**', ['card'], redact()],
        in: '{"pan":4111111111111111}',
        out: '{"pan":"[CARD]"}',
      },
      {
        shows: 'a path left alone',
        args: ['**', ['contact'], redact(), { exclude: ['from'] }],
        in: '{"from":"a@example.com","to":"b@example.com"}',
        out: '{"from":"a@example.com","to":"[EMAIL]"}',
      },
      {
        shows: 'a value that is allowed',
        args: ['**', 'all', redact(), { allow: ['support@example.com'] }],
        in: '{"to":"support@example.com"}',
        out: '{"to":"support@example.com"}',
      },
    ],
  },
  (pattern, names, method, options = {}) => detectionStep('maskDetected', pattern, names, method, options),
);

/** The step, under the word that its author wrote. */
export function detectionStep(
  word: string,
  pattern: string,
  names: DetectorNames,
  method: Method,
  options: DetectionOptions,
): Step {
  return {
    name: word,
    stage: 'mask',
    compile(compiler) {
      const compiled = method.compile(methodCompiler(compiler, pattern));
      const isChosen = chosen(names, compiler);
      let detectors: readonly Detector[] | undefined;
      const policy = { method: compiled, allows: allowList(options.allow ?? []), covers: scopeOf(options, compiler) };
      // The detectors' tables take milliseconds to make: they can wait for the first record.
      let maskDocument: DocumentMasker | undefined;
      // What a pattern matches is looked at with all that is below it.
      const selector = compiler.selector(pattern.endsWith('**') ? pattern : `${pattern}.**`);
      const rules = pathRules(compiler);
      const load = async () => {
        const { DETECTORS } = await import('./libraries/detectors.ts');
        registerTokens(DETECTORS);
        detectors = DETECTORS.filter(isChosen);
      };
      return {
        ...lifecycle([compiled, ...rules, { load }]),
        apply(document, context) {
          try {
            // A path rule beats a detector, also one that is written after it.
            for (const rule of rules) {
              const outcome = rule.apply(document, context);
              if (outcome !== undefined) return outcome;
            }
            maskDocument ??= createDocumentMasker({ ...policy, set: compileSet(loaded(detectors)) });
            maskDocument(document, selector);
            return undefined;
          } catch (error) {
            return maskFailed(`${word} ${pattern} with ${method.name}`, error);
          }
        },
      };
    },
  };
}

/** The path rules that are written after this step. Where they stand themselves, they find their work done. */
function pathRules(compiler: StepCompiler): readonly CompiledStep[] {
  // Their mistakes are told where they stand.
  const silent: StepCompiler = { ...compiler, fault: () => {}, selector: selectorOrAll };
  return (compiler.following ?? []).filter(isMaskStep).map((step) => step.compile(silent));
}

function selectorOrAll(path: string): Selector {
  const compiled = compilePath(path);
  return 'fault' in compiled ? selectorOf('**') : compiled;
}

/** Tells of a detector whether the names stand for it. Unknown names are faults. */
function chosen(names: DetectorNames, compiler: StepCompiler): (detector: Detector) => boolean {
  if (names === 'all') return () => true;
  for (const name of names) {
    const known = GROUPS.includes(name as Group) || Object.hasOwn(DETECTOR_GROUPS, name);
    if (!known)
      compiler.fault(`there is no detector or group ${JSON.stringify(name)}: see docs/reference/detectors.md`);
  }
  if (names.length === 0) compiler.fault('name at least one detector or group');
  return ({ name, group }) => names.includes(name) || names.includes(group);
}

function loaded(detectors: readonly Detector[] | undefined): readonly Detector[] {
  if (detectors === undefined) throw new MaskError('the detectors were not loaded');
  return detectors;
}

function allowList(allow: readonly (string | RegExp)[]): (text: string) => boolean {
  const values = new Set(allow.filter((each) => typeof each === 'string'));
  const patterns = allow.filter((each) => each instanceof RegExp).map(whole);
  return (text) => values.has(text) || patterns.some((pattern) => pattern.test(text));
}

function whole(pattern: RegExp): RegExp {
  return new RegExp(`^(?:${pattern.source})$`, pattern.flags.replace(/[gy]/g, ''));
}

function scopeOf(options: DetectionOptions, compiler: StepCompiler): (place: Place) => boolean {
  const included = options.include && compileScope(options.include, compiler);
  const excluded = options.exclude && compileScope(options.exclude, compiler);
  if (included === undefined && excluded === undefined) return () => true;
  return ({ path }) => (included === undefined || included(path)) && !excluded?.(path);
}
