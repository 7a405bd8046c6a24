/** What could not be delivered, as objects under the error prefix: one kind of failure an object. */
import type { Clock } from '../account/contracts.ts';
import type { BufferedRecord } from './buffer.ts';
import { conversionFailureDocument, type Failure, failureDocument } from './failure-documents.ts';
import { countFailure, type Tally } from './figures.ts';
import { concatenated } from './object-body.ts';
import { errorKey, type Named } from './object-key.ts';
import type { ObjectWriter } from './object-writer.ts';
import type { Outlet, Sealed } from './outlet.ts';
import type { ErrorOutputType } from './prefix.ts';
import type { DestinationSettings } from './settings.ts';

export interface ErrorOutput {
  /** `raw`: the record as it is to be shown. */
  fail(type: ErrorOutputType, record: BufferedRecord, raw: Buffer, failure: Failure, attempts: number): void;
  failConversion(record: BufferedRecord, failure: Failure): void;
  outlets(): Outlet[];
}

export interface ErrorOutputOptions {
  readonly settings: DestinationSettings;
  readonly named: Named;
  readonly clock: Clock;
  readonly tally: Tally;
  readonly writer: ObjectWriter;
  readonly createOutlet: (onSealed: (sealed: Sealed) => void) => Outlet;
}

export function createErrorOutput(options: ErrorOutputOptions): ErrorOutput {
  const { settings, named, clock, tally, writer } = options;
  const { s3, conversion, processing } = settings;
  const outlets = new Map<ErrorOutputType, Outlet>();

  function outlet(type: ErrorOutputType): Outlet {
    const known = outlets.get(type);
    if (known !== undefined) return known;
    const made = options.createOutlet(({ buffer }) => {
      writer.ship({
        s3,
        key: errorKey(settings, named, buffer.oldest(), type),
        buffer,
        build: () => concatenated(buffer, conversion === undefined ? s3.compression : 'UNCOMPRESSED'),
        arrived() {
          tally.failedObjects++;
        },
      });
    });
    outlets.set(type, made);
    return made;
  }

  return {
    fail(type, record, raw, failure, attempts) {
      countFailure(tally, type, failure.code);
      const arn = type === 'processing-failed' ? processing.transform?.functionArn : undefined;
      const document = failureDocument(raw, record.arrival, failure, { attempts, ended: clock.now() }, arn);
      outlet(type).append('', { ...record, data: document }, 1);
    },
    failConversion(record, failure) {
      if (conversion === undefined) return;
      countFailure(tally, 'format-conversion-failed', failure.code);
      const tried = { attempts: 1, ended: clock.now() };
      const document = conversionFailureDocument(record, failure, tried, conversion.table);
      outlet('format-conversion-failed').append('', { ...record, data: document }, 1);
    },
    outlets: () => [...outlets.values()],
  };
}
