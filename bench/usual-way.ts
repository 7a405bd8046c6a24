import { createHmac } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { Reader, type Response } from 'mmdb-lib';
import UAParser from 'ua-parser-js';
import type { TransformationEvent } from './clickstream.ts';

/**
 * The pipeline `clickstream` as it is usually written: parse, change the object, search every string with regular
 * expressions, stringify. With the care of a good author: the database is opened once, user agents are remembered.
 */

interface Answer {
  readonly recordId: string;
  readonly result: 'Ok' | 'Dropped' | 'ProcessingFailed';
  readonly data: string;
  readonly metadata?: { readonly partitionKeys: Record<string, string> };
}

// biome-ignore lint/suspicious/noExplicitAny: what the usual way works with
type Parsed = any;

const DATABASE = 'node_modules/@ip-location-db/geo-whois-asn-country-mmdb/geo-whois-asn-country.mmdb';
const reader = new Reader<Response>(readFileSync(DATABASE));
const agents = new Map<string, object>();

const EMAIL = /[A-Za-z0-9._%+-]+@[A-Za-z0-9.-]+\.[A-Za-z]{2,}/g;
const PHONE = /\+?\d[\d ()./-]{7,16}\d/g;
const CARD = /\b(?:\d[ -]?){13,19}\b/g;
const IBAN = /\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){3,7}(?: ?[A-Z0-9]{1,3})?\b/g;
const JWT = /\beyJ[A-Za-z0-9_-]+\.eyJ[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\b/g;

function maskText(text: string): string {
  return text
    .replace(JWT, '[JWT]')
    .replace(EMAIL, '[EMAIL]')
    .replace(IBAN, '[IBAN]')
    .replace(CARD, '[CARD]')
    .replace(PHONE, '[PHONE]');
}

/** Masks every string of an object or array, except those named. */
function maskAll(value: Parsed, except: ReadonlySet<string>): Parsed {
  if (typeof value === 'string') return maskText(value);
  if (Array.isArray(value)) return value.map((item) => maskAll(item, except));
  if (typeof value !== 'object' || value === null) return value;
  for (const key of Object.keys(value)) if (!except.has(key)) value[key] = maskAll(value[key], except);
  return value;
}

function deviceOf(userAgent: string): object {
  let device = agents.get(userAgent);
  if (device === undefined) {
    const parser = new UAParser(userAgent);
    const [browser, os, kind] = [parser.getBrowser(), parser.getOS(), parser.getDevice()];
    device = {
      browser: browser.name,
      browserVersion: browser.version,
      os: os.name,
      osVersion: os.version,
      deviceType: kind.type ?? 'desktop',
    };
    agents.set(userAgent, device);
  }
  return device;
}

const MASKED = new Set(['email', 'phone', 'ip']);

/** Changes one parsed event. False: it is dropped. */
export function transformParsed(event: Parsed, key: string): boolean {
  for (const field of ['eventId', 'eventType', 'timestamp'])
    if (event[field] == null) throw new Error(`missing ${field}`);
  if (event.user?.internal === true) return false;
  const place = event.context?.ip === undefined ? null : (reader.get(event.context.ip) as Parsed);
  if (place !== null) event.geo = { country: place.country_code ?? place.country?.iso_code };
  if (event.context?.userAgent !== undefined) event.device = deviceOf(event.context.userAgent);
  if (event.user?.email !== undefined) {
    event.user.email = `p1_${createHmac('sha256', key).update(event.user.email).digest('base64url').slice(0, 22)}`;
  }
  if (event.user?.phone !== undefined)
    event.user.phone = event.user.phone.slice(0, -4).replace(/./g, '*') + event.user.phone.slice(-4);
  if (event.context?.ip !== undefined) event.context.ip = event.context.ip.replace(/\.\d{1,3}$/, '.0');
  maskAll(event, MASKED);
  return true;
}

export function answerOf(recordId: string, data: string, event: Parsed, goesOn: boolean): Answer {
  if (!goesOn) return { recordId, result: 'Dropped', data };
  const partitionKeys = { event_type: String(event.eventType), dt: String(event.timestamp).slice(0, 10) };
  const encoded = Buffer.from(`${JSON.stringify(event)}\n`).toString('base64');
  return { recordId, result: 'Ok', data: encoded, metadata: { partitionKeys } };
}

export function usualWay(batch: TransformationEvent, key: string): { records: Answer[] } {
  const records = batch.records.map(({ recordId, data }) => {
    try {
      const event: Parsed = JSON.parse(Buffer.from(data, 'base64').toString('utf8'));
      return answerOf(recordId, data, event, transformParsed(event, key));
    } catch {
      return { recordId, result: 'ProcessingFailed' as const, data };
    }
  });
  return { records };
}
