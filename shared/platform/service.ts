import { setting } from './settings.ts';

/** What log lines and metrics say they come from: the stack's name, where it was deployed as one. */
export const SERVICE = setting('POWERTOOLS_SERVICE_NAME') ?? 'sluice';
