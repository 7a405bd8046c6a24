/** Everything that can be told of a template before it is deployed. */
import { ROOT } from './compile.ts';
import { deliveryFaults } from './delivery.ts';
import { deliveryRoleFaults } from './delivery-roles.ts';
import { limitFaults } from './limits.ts';
import { emittedMetrics, metricFaults } from './metrics.ts';
import { policyFaults } from './policies.ts';
import { referenceFaults } from './references.ts';
import { schemaFaults } from './schema.ts';
import { securityFaults } from './security.ts';
import type { Fault, Template } from './template.ts';

export function templateFaults(template: Template): readonly Fault[] {
  return [
    ...schemaFaults(template),
    ...referenceFaults(template),
    ...policyFaults(template),
    ...metricFaults(template, emittedMetrics(ROOT)),
    ...limitFaults(template),
    ...deliveryFaults(template),
    ...deliveryRoleFaults(template),
    ...securityFaults(template),
  ];
}
