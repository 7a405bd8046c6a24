/** The event source mapping operations of Lambda's REST API. https://docs.aws.amazon.com/lambda/latest/api/ */
import { randomUUID } from 'node:crypto';
import type { AwsRequest, AwsResponse, AwsService } from '../account/contracts.ts';
import { AwsError } from '../gateway/aws-error.ts';
import { readObject } from '../gateway/json-service.ts';
import type { Mapping } from './mapping.ts';
import { MappingError, type Properties } from './properties.ts';

export interface MappingApiOptions {
  readonly all: () => readonly Mapping[];
  readonly get: (id: string) => Mapping | undefined;
  readonly add: (properties: Properties, id: string) => Mapping;
  readonly update: (mapping: Mapping, changes: Properties) => void;
  readonly remove: (id: string) => void;
}

const PATH = /^\/2015-03-31\/event-source-mappings\/?([^/?]*)/;

const OPERATIONS: Readonly<Record<string, string>> = {
  'GET one': 'GetEventSourceMapping',
  'GET all': 'ListEventSourceMappings',
  'POST all': 'CreateEventSourceMapping',
  'PUT one': 'UpdateEventSourceMapping',
  'DELETE one': 'DeleteEventSourceMapping',
};

export function createMappingApi(options: MappingApiOptions): Omit<AwsService, 'names'> {
  return {
    protocol: 'rest-json',
    operationOf: (request) => OPERATIONS[routeOf(request)],
    async handle(request) {
      const id = decodeURIComponent(PATH.exec(request.url)?.[1] ?? '');
      try {
        return answer(options, routeOf(request), id, request);
      } catch (cause) {
        throw cause instanceof MappingError ? new AwsError('InvalidParameterValueException', cause.message) : cause;
      }
    },
  };
}

function routeOf(request: Pick<AwsRequest, 'method' | 'url'>): string {
  return `${request.method} ${PATH.exec(request.url)?.[1] ? 'one' : 'all'}`;
}

function answer(options: MappingApiOptions, route: string, id: string, request: AwsRequest): AwsResponse {
  if (route === 'GET all') return json(200, { EventSourceMappings: list(options, request.url) });
  if (route === 'POST all') return json(202, describe(create(options, readObject(request.body))));
  const mapping = options.get(id);
  if (mapping === undefined) {
    const message = 'The resource you requested does not exist.';
    throw new AwsError('ResourceNotFoundException', message, { status: 404 });
  }
  if (route === 'PUT one') options.update(mapping, readObject(request.body));
  if (route === 'DELETE one') options.remove(id);
  return json(route === 'GET one' ? 200 : 202, describe(mapping, route === 'DELETE one' ? 'Deleting' : undefined));
}

/** A function reads a source by one mapping. */
function create(options: MappingApiOptions, properties: Properties): Mapping {
  const made = options.add(properties, randomUUID());
  const { eventSourceArn } = made.settings;
  const before = options.all().find(({ id, functionArn, settings }) => {
    return id !== made.id && functionArn === made.functionArn && settings.eventSourceArn === eventSourceArn;
  });
  if (before === undefined) return made;
  options.remove(made.id);
  const message = `An event source mapping with event source arn (" ${eventSourceArn} ") and function (" ${made.functionArn} ") already exists. Please update or delete the existing mapping with UUID ${before.id}`;
  throw new AwsError('ResourceConflictException', message, { status: 409 });
}

function list(options: MappingApiOptions, url: string): Record<string, unknown>[] {
  const query = new URLSearchParams(url.split('?')[1] ?? '');
  const [wantedFunction, wantedSource] = [query.get('FunctionName'), query.get('EventSourceArn')];
  return options
    .all()
    .filter(({ functionArn, settings }) => {
      if (wantedSource !== null && settings.eventSourceArn !== wantedSource) return false;
      return wantedFunction === null || functionArn === wantedFunction || functionArn.endsWith(`:${wantedFunction}`);
    })
    .map((mapping) => describe(mapping));
}

/** https://docs.aws.amazon.com/lambda/latest/api/API_EventSourceMappingConfiguration.html */
function describe(mapping: Mapping, state?: string): Record<string, unknown> {
  const { settings, properties } = mapping;
  const common = {
    UUID: mapping.id,
    EventSourceMappingArn: mapping.arn,
    EventSourceArn: settings.eventSourceArn,
    FunctionArn: mapping.functionArn,
    State: state ?? (settings.enabled ? 'Enabled' : 'Disabled'),
    StateTransitionReason: 'User action',
    LastModified: mapping.lastModified / 1000,
    LastProcessingResult: mapping.tally.lastResult,
    BatchSize: settings.batchSize,
    MaximumBatchingWindowInSeconds: settings.windowMs / 1000,
    FunctionResponseTypes: settings.reportsItemFailures ? ['ReportBatchItemFailures'] : [],
    ...(properties.FilterCriteria === undefined ? {} : { FilterCriteria: properties.FilterCriteria }),
  };
  if (settings.kind === 'queue') {
    return properties.ScalingConfig === undefined ? common : { ...common, ScalingConfig: properties.ScalingConfig };
  }
  const start = settings.startingPosition;
  return {
    ...common,
    StartingPosition: start.type,
    ...(start.type === 'AT_TIMESTAMP' ? { StartingPositionTimestamp: start.timestamp / 1000 } : {}),
    ParallelizationFactor: settings.parallelizationFactor,
    BisectBatchOnFunctionError: settings.bisect,
    MaximumRetryAttempts: settings.retries ?? -1,
    MaximumRecordAgeInSeconds: settings.recordAgeMs === undefined ? -1 : settings.recordAgeMs / 1000,
    TumblingWindowInSeconds: settings.tumblingMs / 1000,
    DestinationConfig: settings.onFailureArn === undefined ? {} : { OnFailure: { Destination: settings.onFailureArn } },
  };
}

function json(status: number, body: unknown): AwsResponse {
  return { status, headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
}
