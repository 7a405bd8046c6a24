/**
 * The constraints that AWS puts on an API's members, checked all at once and told in its words:
 * `2 validation errors detected: Value null at 'roleARN' failed to satisfy constraint: Member must not be null; …`.
 */
import { AwsError } from '../gateway/aws-error.ts';
import { badShape } from './errors.ts';

export type Members = Readonly<Record<string, unknown>>;

export interface Constraints {
  /** Records a value at a path that breaks a rule. */
  broken(path: string, value: unknown, rule: string): void;
  text(of: Members, name: string, path: string, rules?: TextRules): string | undefined;
  integer(of: Members, name: string, path: string, least: number, most: number): number | undefined;
  flag(of: Members, name: string): boolean | undefined;
  object(of: Members, name: string, path: string, required?: boolean): Members | undefined;
  list(of: Members, name: string): readonly Members[] | undefined;
  /** Throws what was recorded, if anything was. */
  done(): void;
}

interface TextRules {
  readonly required?: boolean;
  readonly oneOf?: readonly string[];
  readonly pattern?: RegExp;
  readonly shortest?: number;
  readonly longest?: number;
}

export function constraints(): Constraints {
  const faults: string[] = [];
  const broken: Constraints['broken'] = (path, value, rule) => {
    const shown = value === undefined || value === null ? 'null' : `'${show(value)}'`;
    faults.push(`Value ${shown} at '${path}' failed to satisfy constraint: Member must ${rule}`);
  };
  const at = (path: string, name: string): string => {
    const member = name.charAt(0).toLowerCase() + name.slice(1);
    return path === '' ? member : `${path}.${member}`;
  };
  return {
    broken,
    text(of, name, path, rules = {}) {
      const value = of[name];
      if (value === undefined || value === null) {
        if (rules.required) broken(at(path, name), null, 'not be null');
        return undefined;
      }
      const text = String(value);
      for (const rule of brokenTextRules(text, rules)) broken(at(path, name), text, rule);
      return text;
    },
    integer(of, name, path, least, most) {
      const value = of[name];
      if (value === undefined || value === null) return undefined;
      const number = Number(value);
      if (!Number.isInteger(number)) throw badShape(`${name} is not an integer`);
      if (number < least) broken(at(path, name), number, `have value greater than or equal to ${least}`);
      if (number > most) broken(at(path, name), number, `have value less than or equal to ${most}`);
      return number;
    },
    flag(of, name) {
      const value = of[name];
      if (value === undefined || value === null) return undefined;
      if (value === true || value === false) return value;
      // A CloudFormation template may spell it as text.
      if (value === 'true' || value === 'false') return value === 'true';
      throw badShape(`${name} is not a boolean`);
    },
    object(of, name, path, required = false) {
      const value = of[name];
      if (value === undefined || value === null) {
        if (required) broken(at(path, name), null, 'not be null');
        return undefined;
      }
      if (typeof value !== 'object' || Array.isArray(value)) {
        throw badShape(`${name} is not a structure`);
      }
      return value as Members;
    },
    list(of, name) {
      const value = of[name];
      if (value === undefined || value === null) return undefined;
      if (!Array.isArray(value)) throw badShape(`${name} is not a list`);
      return value.filter((item): item is Members => typeof item === 'object' && item !== null);
    },
    done() {
      if (faults.length === 0) return;
      const count = `${faults.length} validation error${faults.length === 1 ? '' : 's'} detected`;
      throw new AwsError('ValidationException', `${count}: ${faults.join('; ')}`);
    },
  };
}

function brokenTextRules(text: string, rules: TextRules): string[] {
  const broken: string[] = [];
  if (rules.oneOf !== undefined && !rules.oneOf.includes(text)) {
    broken.push(`satisfy enum value set: [${rules.oneOf.join(', ')}]`);
  }
  if (rules.shortest !== undefined && text.length < rules.shortest) {
    broken.push(`have length greater than or equal to ${rules.shortest}`);
  }
  if (rules.longest !== undefined && text.length > rules.longest) {
    broken.push(`have length less than or equal to ${rules.longest}`);
  }
  if (rules.pattern !== undefined && !new RegExp(`^(?:${rules.pattern.source})$`).test(text)) {
    broken.push(`satisfy regular expression pattern: ${rules.pattern.source}`);
  }
  return broken;
}

function show(value: unknown): string {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return text.length > 200 ? `${text.slice(0, 200)}…` : text;
}
