import { describe, expect, it } from 'vitest';
import { secretText } from '../../../local/account/secret-text.ts';

describe('a generated secret', () => {
  it('is the same for the same name, and another for another', () => {
    const recipe = { PasswordLength: 64, ExcludePunctuation: true };
    expect(secretText('a', recipe)).toBe(secretText('a', recipe));
    expect(secretText('a', recipe)).not.toBe(secretText('b', recipe));
    expect(secretText('a', recipe)).toMatch(/^[A-Za-z0-9]{64}$/);
  });

  it('keeps to what it was told to leave out', () => {
    const letters = secretText('a', {
      PasswordLength: 500,
      ExcludeNumbers: 'true',
      ExcludePunctuation: true,
      ExcludeCharacters: 'xyz',
    });
    expect(letters).toMatch(/^[A-Za-w]+$/i);
    expect(letters).not.toMatch(/[xyz0-9]/);
    expect(secretText('a', {})).toHaveLength(32);
  });

  it('stands in a document where one is given', () => {
    const recipe = { SecretStringTemplate: '{"user":"admin"}', GenerateStringKey: 'password', PasswordLength: 20 };
    const secret = JSON.parse(secretText('a', recipe));
    expect(secret).toEqual({ user: 'admin', password: expect.any(String) });
    expect(secret.password).toHaveLength(20);
  });
});
