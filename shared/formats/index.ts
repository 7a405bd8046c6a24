import { accessLog } from './access-log.ts';
import { cloudwatchLogs } from './cloudwatch-logs.ts';
import { csv } from './csv.ts';
import { gzip } from './gzip.ts';
import { json } from './json.ts';
import { jsonOr } from './json-or.ts';
import { logfmt } from './logfmt.ts';
import { ndjson } from './ndjson.ts';
import { syslog } from './syslog.ts';

export { accessLog, cloudwatchLogs, csv, gzip, json, jsonOr, logfmt, ndjson, syslog };

/** Every format, for the reference pages and the conformance tests. */
export const formats = { json, jsonOr, ndjson, csv, accessLog, syslog, logfmt, cloudwatchLogs, gzip } as const;
