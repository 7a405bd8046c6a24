import { createClock } from '../../local/account/clock.ts';
import type { AwsService, Clock, Faults } from '../../local/account/contracts.ts';
import { createGateway, type Gateway } from '../../local/gateway/gateway.ts';

/** An endpoint with its clock and faults, and what an SDK client needs to reach it. */
export interface LocalEndpoint {
  readonly gateway: Gateway;
  readonly clock: Clock;
  readonly faults: Faults;
  readonly client: {
    readonly endpoint: string;
    readonly region: string;
    readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
    readonly maxAttempts: number;
  };
  stop(): Promise<void>;
}

/** Opens an endpoint on a free port with the services that `make` gives; `wall` is what its clock runs with. */
export async function openEndpoint(
  make: (parts: { clock: Clock; faults: Faults; endpoint: string }) => readonly AwsService[],
  wall?: () => number,
): Promise<LocalEndpoint> {
  const clock = createClock(wall);
  const faults: Faults = {};
  const gateway = await createGateway({ faults });
  for (const service of make({ clock, faults, endpoint: gateway.endpoint })) gateway.register(service);
  return {
    gateway,
    clock,
    faults,
    client: {
      endpoint: gateway.endpoint,
      region: 'us-east-1',
      credentials: { accessKeyId: 'LOCALKEY', secretAccessKey: 'local' },
      maxAttempts: 1,
    },
    stop: () => gateway.stop(),
  };
}
