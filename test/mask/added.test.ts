import { describe, expect, it } from 'vitest';
import { set } from '../../shared/enrich/index.ts';
import { maskDetected, redact } from '../../shared/mask/index.ts';
import { loaded } from './redaction.ts';

describe('members that steps added', () => {
  const detection = maskDetected('**', 'all', redact());

  it('are looked through every time, however often the same one comes', async () => {
    const run = await loaded(set('contact', { note: 'alice@example.com' }), detection);
    for (let i = 0; i < 5; i++) expect(run('{"a":1}')).toBe('{"a":1,"contact":{"note":"[EMAIL]"}}');
  });

  it('are judged with their key: what names a person below one key is a name below another', async () => {
    const person = await loaded(set('user', { name: 'Alice' }), set('device', { name: 'Alice' }), detection);
    for (let i = 0; i < 5; i++) {
      expect(person('{"a":1}')).toBe('{"a":1,"user":{"name":"[PERSON_NAME]"},"device":{"name":"Alice"}}');
    }
  });

  it('pass unchanged where they hold nothing, beside finds in the rest of the record', async () => {
    const run = await loaded(set('geo', { country: 'DE', asn: 3320 }), detection);
    for (let i = 0; i < 5; i++) {
      expect(run('{"a":"bob@example.com"}')).toBe('{"a":"[EMAIL]","geo":{"country":"DE","asn":3320}}');
    }
  });
});
