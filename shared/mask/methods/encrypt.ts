import { documented } from '../../record/reference.ts';
import { MaskError, type Method } from '../method.ts';
import type { Secret } from '../secret.ts';
import { type DataKey, dataKeySource, type KmsKey, seal } from './data-key.ts';

export interface EncryptOptions {
  readonly key: KmsKey | Secret;
}

/** How long one data key is used, and for how many values: far below where random vectors of 96 bits may meet (2^32). */
const LONGEST_USE_MS = 3_600_000;
const MOST_USES = 1 << 26;

export const encrypt = documented<[options: EncryptOptions], Method>(
  {
    name: 'encrypt',
    summary:
      'Encrypts the value so that those who hold the key can read it again (`npm run reveal`): AES-256-GCM with a data key that stands beside it, itself encrypted by KMS or with a secret. The value is bound to its pipeline and path: elsewhere it can not be read. Equal values give different texts. A number becomes text.',
    settings: {
      'options.key': '`kmsKey("MASK_KMS_KEY")`, or `secret("MASK_KEY")` where there is no KMS.',
    },
    examples: [],
  },
  ({ key }) => ({
    name: 'encrypt',
    compile({ pipeline }) {
      const source = dataKeySource(key, pipeline);
      let dataKey: DataKey | undefined;
      let born = 0;
      let uses = 0;
      const renew = async () => {
        dataKey = await source.generate();
        born = performance.now();
        uses = 0;
      };
      return {
        async load() {
          await source.load();
          await renew();
        },
        async refresh() {
          if (dataKey !== undefined && performance.now() - born < LONGEST_USE_MS && uses < MOST_USES) return;
          // The key at hand serves on where a new one can't be had, unless it was used too often.
          await renew().catch((cause) => {
            if (dataKey === undefined || uses >= MOST_USES) throw cause;
          });
        },
        mask({ text, place }) {
          if (dataKey === undefined) throw new Error('the data key was not loaded');
          if (!text.isWellFormed()) throw new MaskError('encrypt: the value has half of a surrogate pair');
          uses++;
          const sealed = seal(dataKey.plain, Buffer.from(text, 'utf8'), contextOf(pipeline, place.path));
          return `${MARK}${dataKey.wrapped}.${sealed.toString('base64url')}`;
        },
      };
    },
  }),
);

/** How an encrypted value begins. The version tells how it is made. */
export const MARK = 'e1.';

/** What an encrypted value is bound to. Places in arrays don't count: elements move. */
export function contextOf(pipeline: string, path: string): string {
  return `${pipeline}\n${path.replace(/\[\d{1,10}\]/g, '[*]')}`;
}
