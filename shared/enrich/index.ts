import { dynamoDbTable } from './dynamodb-table.ts';
import { geoIp } from './geo-ip.ts';
import { ingestMetadata } from './ingest-metadata.ts';
import { lookup } from './lookup.ts';
import { parse } from './parse.ts';
import { remove } from './remove.ts';
import { rename } from './rename.ts';
import { s3Table } from './s3-table.ts';
import { set } from './set.ts';
import { userAgent } from './user-agent.ts';

export { dynamoDbTable, geoIp, ingestMetadata, lookup, parse, remove, rename, s3Table, set, userAgent };

/** Every enricher, for the reference pages and the conformance tests. */
export const enrichers = { geoIp, userAgent, lookup, set, rename, remove, parse, ingestMetadata } as const;
