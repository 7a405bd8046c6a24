/** Holds roles' policies to least privilege: actions that exist, resources that are named. */
import { hasNoResource, isAction } from './aws-names.ts';
import { type Fault, knownText, nodesOf, type Template } from './template.ts';

interface Statement {
  readonly Effect?: unknown;
  readonly Sid?: unknown;
  readonly Principal?: unknown;
  readonly Action?: unknown;
  readonly Resource?: unknown;
}

/** All inline policies of one role together, characters. https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html */
const MOST_INLINE = 10_240;

export function policyFaults({ Resources }: Template): readonly Fault[] {
  const faults: Fault[] = [];
  for (const [id, { Type, Properties }] of Object.entries(Resources)) {
    for (const { node, path } of nodesOf(Properties, id)) {
      if (!Array.isArray((node as { Statement?: unknown }).Statement)) continue;
      for (const statement of (node as { Statement: Statement[] }).Statement) checkStatement(statement, path, faults);
    }
    const inline = (Properties?.Policies ?? []) as unknown[];
    if (Type === 'AWS::IAM::Role' && JSON.stringify(inline).length > MOST_INLINE) {
      faults.push(`${id}: its inline policies are longer than ${MOST_INLINE} characters`);
    }
  }
  return faults;
}

function checkStatement(statement: Statement, path: string, faults: Fault[]): void {
  const sid = String(statement.Sid ?? '');
  const at = `${path} ${sid}`;
  if (sid !== '' && !/^[A-Za-z0-9]+$/.test(sid)) faults.push(`${at}: a Sid holds letters and digits only`);
  if (statement.Effect !== 'Allow' && statement.Effect !== 'Deny')
    faults.push(`${at}: Effect is neither Allow nor Deny`);
  const actions = [statement.Action ?? []].flat().map(String);
  if (actions.length === 0) faults.push(`${at}: it has no Action`);
  // A Deny may speak of everything, and so may a key of the account that it is for.
  if (statement.Effect === 'Deny' || isOwnAccount(statement.Principal)) return;
  for (const action of actions) {
    if (action.includes('*')) faults.push(`${at}: ${action} allows more than it names`);
    else if (!isAction(action)) faults.push(`${at}: ${action} is not an action that is known here`);
  }
  if (statement.Principal !== undefined) return;
  const resources = [statement.Resource ?? []].flat().map(knownText);
  if (resources.length === 0) faults.push(`${at}: it has no Resource`);
  if (resources.includes('*') && isStar(statement.Resource) && !actions.every(hasNoResource)) {
    faults.push(`${at}: Resource is *, and not all of ${actions.join(', ')} need that`);
  }
}

/** `{ AWS: arn:…:root }`: leaves it to the account's own policies. */
function isOwnAccount(principal: unknown): boolean {
  const named = (principal as { AWS?: unknown } | undefined)?.AWS;
  return named !== undefined && knownText(named).endsWith(':root');
}

/** `*` as it is written, not what stands for an intrinsic function. */
function isStar(resource: unknown): boolean {
  return [resource].flat().includes('*');
}
