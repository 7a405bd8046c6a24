import type { Constraints, Members } from './constraints.ts';
import type { HttpEndpointSettings } from './settings.ts';

const MIB = 1024 * 1024;

/** https://docs.aws.amazon.com/firehose/latest/APIReference/API_HttpEndpointDestinationConfiguration.html */
export function readHttpEndpoint(check: Constraints, of: Members, path: string): HttpEndpointSettings {
  const endpoint = check.object(of, 'EndpointConfiguration', path, true) ?? {};
  const at = `${path}.endpointConfiguration`;
  const hints = check.object(of, 'BufferingHints', path) ?? {};
  const retry = check.object(of, 'RetryOptions', path) ?? {};
  const request = check.object(of, 'RequestConfiguration', path) ?? {};
  const encoding = check.text(request, 'ContentEncoding', `${path}.requestConfiguration`, { oneOf: ['NONE', 'GZIP'] });
  const mode = check.text(of, 'S3BackupMode', path, { oneOf: ['FailedDataOnly', 'AllData'] });
  return {
    // AWS takes https only; on a laptop an endpoint under test is plain http.
    url:
      check.text(endpoint, 'Url', at, { required: true, pattern: /https?:\/\/.*/, shortest: 1, longest: 1000 }) ?? '',
    name: check.text(endpoint, 'Name', at, { shortest: 1, longest: 256 }) ?? '',
    accessKey: check.text(endpoint, 'AccessKey', at, { longest: 4096 }) ?? '',
    attributes: (check.list(request, 'CommonAttributes') ?? []).map((attribute) => ({
      name: String(attribute.AttributeName ?? ''),
      value: String(attribute.AttributeValue ?? ''),
    })),
    gzip: encoding === 'GZIP',
    bufferBytes: (check.integer(hints, 'SizeInMBs', `${path}.bufferingHints`, 1, 64) ?? 5) * MIB,
    bufferMs: (check.integer(hints, 'IntervalInSeconds', `${path}.bufferingHints`, 0, 900) ?? 300) * 1000,
    retryMs: (check.integer(retry, 'DurationInSeconds', `${path}.retryOptions`, 0, 7200) ?? 300) * 1000,
    backup: mode === 'AllData' ? 'AllData' : 'FailedDataOnly',
  };
}
