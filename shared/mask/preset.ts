import { documented } from '../record/reference.ts';
import type { Step } from '../record/step.ts';
import { type DetectionOptions, detectionStep } from './detected.ts';
import type { Method } from './method.ts';
import { redact } from './methods/redact.ts';
import { PRESETS } from './presets/index.ts';

export type PresetName = 'pci' | 'hipaa-safe-harbor' | 'gdpr';

export const preset = documented<[name: PresetName, method?: Method, options?: DetectionOptions], Step>(
  {
    name: 'preset',
    summary:
      'Looks everywhere for what a regulation names. Each preset says what it covers and what it leaves to do: it is a beginning, not compliance.',
    settings: {
      name: PRESETS.map(({ name, title }) => `\`${name}\`: ${title}`).join('; '),
      method: 'How finds are masked: `redact()` when left out.',
      options: 'As `maskDetected` takes them.',
    },
    examples: [
      {
        shows: 'card data',
        args: ['pci'],
        in: '{"cvv":"123","note":"card 4111 1111 1111 1111","by":"alice@example.com"}',
        out: '{"cvv":"[CARD]","note":"card [CARD]","by":"alice@example.com"}',
      },
    ],
  },
  (name, method = redact(), options = {}) => ({
    name: 'preset',
    stage: 'mask',
    compile(compiler) {
      const chosen = PRESETS.find((each) => each.name === name);
      if (chosen === undefined) {
        const known = PRESETS.map((each) => JSON.stringify(each.name)).join(', ');
        compiler.fault(`there is no preset ${JSON.stringify(name)}: there are ${known}`);
      }
      return detectionStep('preset', '**', chosen?.detectors ?? 'all', method, options).compile(compiler);
    },
  }),
);
