export { arrivalTime, eventTime, windows } from './definition.ts';
export { average } from './measures/average.ts';
export { count } from './measures/count.ts';
export { distinct } from './measures/distinct.ts';
export { max, min } from './measures/extreme.ts';
export { sum } from './measures/sum.ts';
export { topK } from './measures/top-k.ts';
