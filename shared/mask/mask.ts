import type { Selector } from '../record/document.ts';
import { permanent } from '../record/failure.ts';
import { type Failed, failed } from '../record/outcome.ts';
import { documented } from '../record/reference.ts';
import type { CompiledStep, Step, StepCompiler } from '../record/step.ts';
import { type CompiledMethod, MaskError, type Method, type MethodCompiler } from './method.ts';
import { redact } from './methods/redact.ts';
import { type Masking, settleValue } from './settle.ts';

/** A step that masks the values at one path. */
export interface MaskStep extends Step {
  readonly stage: 'mask';
  readonly masksPath: string;
}

/** What a step made of an error: the record fails, and nothing of the record is in what is said of it. */
export function maskFailed(where: string, error: unknown): Failed {
  const reason = error instanceof MaskError ? error.message : 'it could not be applied';
  return failed(permanent('MaskFailed', 'mask', `${where}: ${reason}`));
}

const TOKEN = '[REDACTED]';

export const maskPath = documented<[path: string, method: Method], MaskStep>(
  {
    name: 'mask',
    summary:
      'Masks the values at a path with a method, and all values below them. Null and empty strings stay. A path rule beats every detector, wherever it stands. Where the method can not be applied the record fails (MaskFailed).',
    settings: { path: 'The values: `user.email`, `items[*].note`, `**.ssn`.', method: 'How they are masked.' },
    examples: [
      {
        shows: 'a value',
        args: ['user.email', redact()],
        in: '{"user":{"email":"alice@example.com"}}',
        out: '{"user":{"email":"[REDACTED]"}}',
      },
      {
        shows: 'everything below',
        args: ['user', redact()],
        in: '{"user":{"name":"Alice","age":42,"tags":["a"]}}',
        out: '{"user":{"name":"[REDACTED]","age":"[REDACTED]","tags":["[REDACTED]"]}}',
      },
      { shows: 'a path that is not there', args: ['user.email', redact()], in: '{"id":1}', out: '{"id":1}' },
    ],
  },
  (path, method) => pathStep('mask', path, method, false),
);

export const everything = documented<[path: string, method?: Method], MaskStep>(
  {
    name: 'mask.everything',
    summary:
      'Masks every value of a subtree, `true` and `false` too, for data that is sensitive as a whole. Keys stay: where they name people, mask the parent with `remove()`.',
    settings: {
      path: 'The subtree: `health`, `patient.**`.',
      method: 'How its values are masked: `redact()` when left out.',
    },
    examples: [
      {
        shows: 'a subtree',
        args: ['health'],
        in: '{"id":7,"health":{"smoker":true,"bmi":21.5,"notes":["x"]}}',
        out: '{"id":7,"health":{"smoker":"[REDACTED]","bmi":"[REDACTED]","notes":["[REDACTED]"]}}',
      },
    ],
  },
  (path, method = redact()) => pathStep('mask.everything', path, method, true),
);

function pathStep(name: string, path: string, method: Method, booleans: boolean): MaskStep {
  return {
    name,
    stage: 'mask',
    masksPath: path,
    compile(compiler) {
      const selector = compiler.selector(path);
      const compiled = method.compile(methodCompiler(compiler, path));
      return boundStep(`${name} ${path} with ${method.name}`, selector, compiled, booleans);
    },
  };
}

export function isMaskStep(step: Step): step is MaskStep {
  return 'masksPath' in step;
}

export function methodCompiler(compiler: StepCompiler, path: string): MethodCompiler {
  return {
    pipeline: compiler.pipeline,
    path,
    selector: (other) => compiler.selector(other),
    fault: (message) => compiler.fault(message),
  };
}

function boundStep(where: string, selector: Selector, method: CompiledMethod, booleans: boolean): CompiledStep {
  const masking: Masking = { method, token: TOKEN, booleans };
  const { maskJson } = method;
  return {
    ...lifecycle([method]),
    apply(document) {
      try {
        if (maskJson !== undefined && document.settleString(selector, maskJson())) return undefined;
        document.each(selector, (node) => {
          if (!node.settled) settleValue(node, masking, document, node);
        });
        return undefined;
      } catch (error) {
        return maskFailed(where, error);
      }
    },
  };
}

/** Loading and refreshing of keys and tables, of a method and of what it brings along. */
export function lifecycle(
  all: readonly Pick<CompiledStep, 'load' | 'refresh'>[],
): Pick<CompiledStep, 'load' | 'refresh'> {
  const loads = all.filter((each) => each.load !== undefined);
  const refreshes = all.filter((each) => each.refresh !== undefined);
  return {
    ...(loads.length > 0 && {
      async load() {
        for (const each of loads) await each.load!();
      },
    }),
    ...(refreshes.length > 0 && {
      async refresh() {
        for (const each of refreshes) await each.refresh!();
      },
    }),
  };
}
