/** UpdateDestination: a new configuration out of the present one and what is to change in it. */
import type { Members } from './constraints.ts';
import type { DESTINATIONS } from './destination.ts';
import { invalidArgument } from './errors.ts';

type Given = (typeof DESTINATIONS)[number];

/** Members whose own members are changed one by one; everything else is replaced whole. */
const MERGED = ['BufferingHints', 'CloudWatchLoggingOptions', 'S3BackupConfiguration', 'S3Configuration'];
const MERGED_DEEP = 'DataFormatConversionConfiguration';

/** https://docs.aws.amazon.com/firehose/latest/APIReference/API_UpdateDestination.html */
export function updatedConfiguration(
  given: Given,
  configuration: Members,
  change: Members,
): { given: Given; configuration: Members } {
  const updates = Object.keys(change).filter((key) => key.endsWith('DestinationUpdate'));
  const [only] = updates;
  if (only === undefined || updates.length > 1) {
    throw invalidArgument('At least one destination or source configuration update must be provided');
  }
  const target = only.replace('Update', 'Configuration') as Given;
  // An S3 destination can be updated by either form.
  const s3 = ['S3DestinationConfiguration', 'ExtendedS3DestinationConfiguration'];
  if (target !== given && !(s3.includes(target) && s3.includes(given))) {
    throw invalidArgument('The type of a destination cannot be changed.');
  }
  const update = renamed(change[only] as Members);
  if (configuration.S3BackupMode === 'Enabled' && update.S3BackupMode === 'Disabled') {
    throw invalidArgument('Disabling S3 backup is not currently supported.');
  }
  return {
    given: target === given ? given : 'ExtendedS3DestinationConfiguration',
    configuration: merged(configuration, update),
  };
}

/** `S3BackupUpdate` changes `S3BackupConfiguration`, `S3Update` an endpoint's `S3Configuration`. */
function renamed(update: Members): Members {
  const names: Record<string, string> = { S3BackupUpdate: 'S3BackupConfiguration', S3Update: 'S3Configuration' };
  return Object.fromEntries(Object.entries(update ?? {}).map(([key, value]) => [names[key] ?? key, value]));
}

function merged(before: Members, update: Members): Members {
  const next: Record<string, unknown> = { ...before };
  for (const [key, value] of Object.entries(update)) {
    if (value === undefined || value === null) continue;
    const old = before[key];
    if (MERGED.includes(key) && isMembers(old) && isMembers(value)) next[key] = { ...old, ...value };
    else if (key === MERGED_DEEP && isMembers(old) && isMembers(value)) next[key] = mergedDeep(old, value);
    else next[key] = value;
  }
  return next;
}

function mergedDeep(before: Members, update: Members): Members {
  const next: Record<string, unknown> = { ...before };
  for (const [key, value] of Object.entries(update)) {
    const old = before[key];
    next[key] = key === 'SchemaConfiguration' && isMembers(old) && isMembers(value) ? { ...old, ...value } : value;
  }
  return next;
}

function isMembers(value: unknown): value is Members {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
