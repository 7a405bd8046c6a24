/**
 * Who may do what: identities' policies and those of resources, weighed as IAM does within one account.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
 */
import type { Context } from './condition.ts';
import type { Policies, Role } from './policies.ts';
import { applies, type Need, type Principal, type Statement } from './statement.ts';

type Decision = 'allowed' | 'explicit-deny' | 'implicit-deny';

/** Something that a role was not allowed, and how often it asked. */
interface Denial {
  readonly roleArn: string;
  readonly action: string;
  readonly resource: string;
  readonly times: number;
}

export interface Refusal {
  readonly need: Need;
  readonly decision: Decision;
}

export interface Access {
  /** A role that isn't of this account has no policies here to hold it to: everything is allowed. */
  decide(roleArn: string, need: Need): Decision;
  /** What of a need, and of what it takes besides, is not allowed; noted. */
  refusal(roleArn: string, need: Need): Refusal | undefined;
  /** Whether there is no refusal. */
  may(roleArn: string, need: Need): boolean;
  /** Whether a service of AWS may act on a resource, by the resource's own policy. */
  serviceMay(service: string, need: Need): boolean;
  /** Whether a service may assume a role; true for a role that isn't of this account. */
  trusts(roleArn: string, service: string, context?: Context): boolean;
  denials(): readonly Denial[];
}

const MOST_DECISIONS = 10_000;
const MOST_DENIALS = 1000;

/** `also`: what a need takes besides, like the key of an encrypted resource. */
export function createAccess(
  policies: Policies,
  accountId: string,
  also: (need: Need) => readonly Need[] = () => [],
): Access {
  const decisions = new Map<string, Decision>();
  const roles = new Map<string, { readonly role: Role | undefined; readonly keys: readonly string[] }>();
  const denied = new Map<string, { roleArn: string; action: string; resource: string; times: number }>();
  let ofResources: readonly Statement[] | undefined;
  policies.onChange(() => {
    decisions.clear();
    roles.clear();
    ofResources = undefined;
  });

  const resourceStatements = (): readonly Statement[] => {
    ofResources ??= policies.ofResources();
    return ofResources;
  };

  function roleOf(arn: string): { readonly role: Role | undefined; readonly keys: readonly string[] } {
    let known = roles.get(arn);
    if (known === undefined) {
      const role = policies.role(arn);
      const ofRole = [...(role?.statements ?? []), ...(role?.boundary ?? [])];
      const statements = [...ofRole, ...resourceStatements(), ...policies.ofKeys()];
      known = { role, keys: [...new Set(statements.flatMap(({ keys }) => keys))] };
      roles.set(arn, known);
    }
    return known;
  }

  function decide(roleArn: string, need: Need): Decision {
    const { role, keys } = roleOf(roleArn);
    if (role === undefined) return 'allowed';
    const context = contextOf(need, roleArn, accountId);
    const id = `${roleArn}\n${need.action}\n${need.resource}\n${relevant(context, keys)}`;
    const known = decisions.get(id);
    if (known !== undefined) return known;
    const full = { ...need, context };
    const key = policies.ofKey(need.resource);
    const decision = key === undefined ? weigh(role, resourceStatements(), full) : weighKey(role, key, full);
    if (decisions.size >= MOST_DECISIONS) decisions.clear();
    decisions.set(id, decision);
    return decision;
  }

  function note(roleArn: string, { action, resource }: Need): void {
    const id = `${roleArn}\n${action}\n${resource}`;
    const known = denied.get(id);
    if (known !== undefined) known.times += 1;
    else if (denied.size < MOST_DENIALS) denied.set(id, { roleArn, action, resource, times: 1 });
  }

  function refusal(roleArn: string, asked: Need): Refusal | undefined {
    for (const need of [asked, ...also(asked)]) {
      const decision = decide(roleArn, need);
      if (decision === 'allowed') continue;
      note(roleArn, need);
      return { need, decision };
    }
    return undefined;
  }

  return {
    decide,
    refusal,
    may: (roleArn, need) => refusal(roleArn, need) === undefined,
    serviceMay(service, need) {
      const full = { ...need, context: contextOf(need, undefined, accountId) };
      const found = resourceStatements().filter((each) => each.principal?.({ service }) && applies(each, full));
      const allowed = found.length > 0 && found.every(({ effect }) => effect === 'Allow');
      if (!allowed) note(service, need);
      return allowed;
    },
    trusts(roleArn, service, context = {}) {
      const { role } = roleOf(roleArn);
      if (role === undefined) return true;
      const need = {
        action: 'sts:AssumeRole',
        resource: roleArn,
        context: { ...context, 'aws:SourceAccount': accountId },
      };
      const found = role.trust.filter((each) => each.principal?.({ service }) && applies(each, need));
      return found.length > 0 && found.every(({ effect }) => effect === 'Allow');
    },
    denials: () => [...denied.values()].map((each) => ({ ...each })),
  };
}

function weigh(role: Role, ofResources: readonly Statement[], need: Need): Decision {
  const principal: Principal = { roleArn: role.arn };
  const ofIdentity = identityStatements(role, need);
  const ofResource = ofResources.filter((each) => each.principal?.(principal) && applies(each, need));
  const all = [...ofIdentity, ...ofResource];
  if (all.some(({ effect }) => effect === 'Deny')) return 'explicit-deny';
  return all.length > 0 ? 'allowed' : 'implicit-deny';
}

/** Those of the role that apply: none that allow, where its boundary doesn't allow it as well. */
function identityStatements({ statements, boundary }: Role, need: Need): readonly Statement[] {
  const own = statements.filter((statement) => applies(statement, need));
  if (boundary === undefined) return own;
  const bound = boundary.filter((statement) => applies(statement, need));
  const denies = [...own, ...bound].filter(({ effect }) => effect === 'Deny');
  return bound.length > 0 && denies.length === 0 ? own : denies;
}

/**
 * A key's own policy has the last word: it names a role itself, or leaves it to the account's policies by naming the account.
 * https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-overview.html
 */
function weighKey(role: Role, key: readonly Statement[], need: Need): Decision {
  const account = { roleArn: `arn:aws:iam::${role.arn.split(':')[4]}:root` };
  const ofIdentity = identityStatements(role, need);
  const ofKey = key.filter((each) => each.principal?.({ roleArn: role.arn }) && applies(each, need));
  if ([...ofIdentity, ...ofKey].some(({ effect }) => effect === 'Deny')) return 'explicit-deny';
  const named = ofKey.some((each) => !each.principal?.(account));
  return named || (ofKey.length > 0 && ofIdentity.length > 0) ? 'allowed' : 'implicit-deny';
}

/** What is known of every request. The account's endpoint stands for one that TLS protects. */
function contextOf({ context }: Need, roleArn: string | undefined, accountId: string): Context {
  return {
    'aws:SecureTransport': 'true',
    'aws:SourceAccount': accountId,
    'aws:PrincipalAccount': accountId,
    'aws:PrincipalArn': roleArn,
    ...context,
  };
}

/** The part of a context that this role's policies ask for: most ask for none of what varies. */
function relevant(context: Context, keys: readonly string[]): string {
  const found = Object.entries(context).filter(([key]) => keys.includes(key.toLowerCase()));
  return JSON.stringify(found);
}
