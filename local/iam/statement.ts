/** Policy documents, read once. https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements.html */
import { type Conditions, type Context, conditionKeys, conditionsHold, unknownOperators } from './condition.ts';
import { type Matcher, wildcard } from './wildcard.ts';

export interface Statement {
  readonly effect: 'Allow' | 'Deny';
  /** Absent in an identity's policy. */
  readonly principal: ((principal: Principal) => boolean) | undefined;
  readonly action: Matcher;
  readonly resource: Matcher;
  readonly conditions: Conditions;
  /** In lower case. */
  readonly keys: readonly string[];
}

/** Who asks: a role, or one of AWS's own services. */
export interface Principal {
  readonly roleArn?: string;
  readonly sessionArn?: string;
  /** `logs.amazonaws.com` */
  readonly service?: string;
}

/** A policy that can't be enforced as it is written. */
export class PolicyError extends Error {
  override readonly name = 'PolicyError';
}

interface RawStatement {
  readonly Effect?: string;
  readonly Principal?: unknown;
  readonly NotPrincipal?: unknown;
  readonly Action?: unknown;
  readonly NotAction?: unknown;
  readonly Resource?: unknown;
  readonly NotResource?: unknown;
  readonly Condition?: Conditions;
}

/** The statements of a document, as an object or as its JSON. Throws a PolicyError that names where it stands. */
export function readPolicy(document: unknown, where: string): readonly Statement[] {
  const read = (typeof document === 'string' ? JSON.parse(document) : document) as { Statement?: unknown } | undefined;
  const statements = [read?.Statement ?? []].flat() as RawStatement[];
  if (statements.length === 0) throw new PolicyError(`${where}: the policy has no statement`);
  return statements.map((statement, index) => readStatement(statement, `${where}, statement ${index + 1}`));
}

function readStatement(raw: RawStatement, where: string): Statement {
  if (raw.Effect !== 'Allow' && raw.Effect !== 'Deny')
    throw new PolicyError(`${where}: Effect is neither Allow nor Deny`);
  if (raw.NotPrincipal !== undefined) throw new PolicyError(`${where}: NotPrincipal is not enforced here`);
  const conditions = raw.Condition ?? {};
  const [unknown] = unknownOperators(conditions);
  if (unknown !== undefined) throw new PolicyError(`${where}: the condition operator ${unknown} is not enforced here`);
  return {
    effect: raw.Effect,
    principal: raw.Principal === undefined ? undefined : principalMatcher(raw.Principal),
    action: eitherOf(raw.Action, raw.NotAction, true),
    // The policy of a resource that has one may leave out what it is for.
    resource:
      raw.Resource === undefined && raw.NotResource === undefined
        ? () => true
        : eitherOf(raw.Resource, raw.NotResource, false),
    conditions,
    keys: conditionKeys(conditions),
  };
}

function eitherOf(any: unknown, none: unknown, ignoreCase: boolean): Matcher {
  const matchers = ([any ?? none ?? []].flat() as unknown[]).map((pattern) =>
    wildcard(String(pattern), { ignoreCase }),
  );
  const matches: Matcher = (text) => matchers.some((matcher) => matcher(text));
  return any === undefined && none !== undefined ? (text) => !matches(text) : matches;
}

function principalMatcher(raw: unknown): (principal: Principal) => boolean {
  if (raw === '*') return () => true;
  const { AWS: accounts, Service: services } = raw as { AWS?: unknown; Service?: unknown };
  const named = ([accounts ?? []].flat() as unknown[]).map(String);
  const ofService = new Set(([services ?? []].flat() as unknown[]).map(String));
  return ({ roleArn, sessionArn, service }) => {
    if (service !== undefined) return ofService.has(service);
    return named.some((arn) => arn === '*' || arn === roleArn || arn === sessionArn || isAccountOf(arn, roleArn));
  };
}

/** `arn:aws:iam::123456789012:root`, or the number alone, stands for everyone in the account. */
function isAccountOf(named: string, arn: string | undefined): boolean {
  const account = /^\d{12}$/.test(named) ? named : /^arn:[^:]+:iam::(\d{12}):root$/.exec(named)?.[1];
  return account !== undefined && arn?.split(':')[4] === account;
}

/** One action on one resource. */
export interface Need {
  readonly action: string;
  readonly resource: string;
  readonly context?: Context;
}

export function applies(statement: Statement, { action, resource, context = {} }: Need): boolean {
  return statement.action(action) && statement.resource(resource) && conditionsHold(statement.conditions, context);
}
