import type { Place } from '../detector.ts';

const WORDS =
  'order|invoice|ticket|ref|reference|sku|zip|postcode|amount|total|price|case|tracking|parcel|shipment|version|port|part|item|product|serial|model|batch|lot|isbn|issn|upc|ean|gtin|asin|uuid|guid|timestamp|bytes|size|epoch|hash|commit|sha|build|po|rma|catalog|article|docket|revision';

/** Words right before a number that say it is something else. */
const BEFORE = new RegExp(`\\b(?:${WORDS})(?:[ _-]?(?:no|nr|num|number|id|code|ref))?[\\s.:#="'()-]{0,4}$`, 'i');
const IN_KEY = new RegExp(`(?:^|[^a-z])(?:${WORDS})(?:[_-]?(?:no|nr|num|number|id|ids|code|ref))?$`, 'i');
const HUMP = /([a-z\d])([A-Z])/g;

/**
 * Whether the words before a number, or its own key, say that it is an order, an article, a version: enough against a find
 * that has nothing but its shape to speak for it.
 */
export function isNamedOtherwise({ text, start, context }: Place): boolean {
  if (start > 0 && BEFORE.test(text.slice(Math.max(0, start - 28), start))) return true;
  const { path } = context;
  return path !== '' && IN_KEY.test(path.slice(-48).replace(HUMP, '$1_$2'));
}
