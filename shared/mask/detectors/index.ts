import type { Detector } from '../detector.ts';
import { card } from './card.ts';
import { email } from './email.ts';
import { iban } from './iban.ts';
import { ip } from './ip.ts';
import { jwt } from './jwt.ts';
import { phone } from './phone.ts';

/** Every detector. In ties the first one listed wins: see detection/overlap.ts. */
export const DETECTORS: readonly Detector[] = [email, phone, card, iban, ip, jwt];
