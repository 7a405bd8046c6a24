import { describe, expect, it } from 'vitest';
import { redactor } from './redaction.ts';

const redactAll = await redactor();
/** The value of a document `{"v":…}` when it is redacted. */
const redacted = (value: unknown): unknown => JSON.parse(redactAll(JSON.stringify({ v: value }))).v;
const base64 = (text: string) => Buffer.from(text).toString('base64');
const decoded = (text: unknown) => Buffer.from(String(text), 'base64').toString();

describe('where detection looks', () => {
  it('object keys', () => {
    expect(redactAll('{"alice@example.com":{"4111111111111111":1}}')).toBe('{"[EMAIL]":{"[CARD]":1}}');
  });

  it('values below a key that was masked, by what is left of the key', () => {
    expect(redactAll('{"SSN 123456789":{"x":887654321}}')).toBe('{"SSN [US_SSN]":{"x":"[US_SSN]"}}');
  });

  it('numbers, however they are spelled, and the output stays JSON', () => {
    expect(redactAll('{"a":4111111111111111,"b":4.111111111111111e15,"c":4111111111111111.0}')).toBe(
      '{"a":"[CARD]","b":"[CARD]","c":"[CARD]"}',
    );
    expect(redactAll('[4111111111111111,1.10,-0,12345678901234567890]')).toBe(
      '["[CARD]",1.10,-0,12345678901234567890]',
    );
  });

  it('a document that is one value', () => {
    expect(redactAll('"alice@example.com"')).toBe('"[EMAIL]"');
    expect(redactAll('4111111111111111')).toBe('"[CARD]"');
  });

  it('escapes, and leaves all other bytes as they are', () => {
    expect(redactAll('{"a":"\\u0061lice\\u0040example.com \\/ \\u00e9 é \\n"}')).toBe(
      '{"a":"[EMAIL] \\/ \\u00e9 é \\n"}',
    );
    expect(redactAll('{ "a" : "x\\tbob@example.com" , "b":1.0 }')).toBe('{ "a" : "x\\t[EMAIL]" , "b":1.0 }');
  });

  it('JSON in strings, with the rules for keys and numbers, as often as it is wrapped', () => {
    let json = JSON.stringify({ password: 'hunter2', n: 4111111111111111, t: 'é bob@example.com', keep: 1.5 });
    let masked = '{"password":"[PASSWORD]","n":"[CARD]","t":"é [EMAIL]","keep":1.5}';
    for (let depth = 0; depth < 4; depth++) {
      expect(redacted(json)).toBe(masked);
      json = JSON.stringify({ in: json });
      masked = JSON.stringify({ in: masked });
    }
  });

  it('JSON in a log line, beside other finds', () => {
    expect(redacted('carol@example.com sent {"card":4111111111111111,"x":[1]} from 10.0.0.1')).toBe(
      '[EMAIL] sent {"card":"[CARD]","x":[1]} from [IP]',
    );
  });

  it('a JSON string in a string', () => {
    expect(redacted(JSON.stringify(JSON.stringify({ n: 4111111111111111 })))).toBe(
      JSON.stringify(JSON.stringify({ n: '[CARD]' })),
    );
  });

  it('text that looks like JSON and is none', () => {
    expect(redacted('{"email": "bob@example.com", oops')).toBe('{"email": "[EMAIL]", oops');
    expect(redacted('{"password": "hunter2", oops')).toBe('{"password": "[PASSWORD]", oops');
  });

  it('percent-encoded text, also encoded again', () => {
    expect(redacted('/s?e=alice%40example.com&x=1')).toBe('/s?e=[EMAIL]&x=1');
    expect(redacted('/s?e=alice%2540example.com&x=1')).toBe('/s?e=[EMAIL]&x=1');
    expect(redacted('q=%34%31%31%31%31%31%31%31%31%31%31%31%31%31%31%31')).toBe('q=[CARD]');
    expect(redacted(`d=${encodeURIComponent('{"email":"bob@example.com"}')}`)).toBe(
      'd=%7B%22email%22%3A%22[EMAIL]%22%7D',
    );
    expect(redacted('100% of 5%5 and %zz')).toBe('100% of 5%5 and %zz');
  });

  it('base64, which stays base64 of the masked text', () => {
    expect(decoded(redacted(base64('alice@example.com')))).toBe('[EMAIL]');
    expect(decoded(redacted(base64('{"user":"bob@example.com","n":4111111111111111}')))).toBe(
      '{"user":"[EMAIL]","n":"[CARD]"}',
    );
    expect(decoded(decoded(redacted(base64(base64('ssn 123-45-6789')))))).toBe('ssn [US_SSN]');
    const url = Buffer.from('??>> alice@example.com ÿÿ').toString('base64url');
    expect(Buffer.from(String(redacted(`t=${url};`)).slice(2, -1), 'base64url').toString()).toBe('??>> [EMAIL] ÿÿ');
    expect(redacted(base64('nothing to see here'))).toBe(base64('nothing to see here'));
  });

  it('full-width forms, digits of other scripts, zero-width characters', () => {
    expect(redacted('ａｌｉｃｅ＠ｅｘａｍｐｌｅ．ｃｏｍ')).toBe('[EMAIL]');
    expect(redacted('４１１１ １１１１ １１１１ １１１１')).toBe('[CARD]');
    expect(redacted('٤١١١١١١١١١١١١١١١')).toBe('[CARD]');
    expect(redacted('ali\u200bce@exam\u00adple.com, \u2060bob\u200d@example.com')).toBe('[EMAIL], \u2060[EMAIL]');
    expect(redacted('123\u201145\u20116789 and 4111\u00a01111\u00a01111\u00a01111')).toBe('[US_SSN] and [CARD]');
    expect(redacted('\u{1d7d2}111111111111111')).toBe('[CARD]');
    expect(redacted('日本語 ー テスト １２３ é 😀')).toBe('日本語 ー テスト １２３ é 😀');
  });

  it('character references and escapes written out', () => {
    expect(redacted('alice&#64;example.com &#x62;ob@example.com')).toBe('[EMAIL] [EMAIL]');
    expect(redacted('\\u0061lice\\u0040example.com')).toBe('[EMAIL]');
  });

  it('halves of surrogate pairs, which hide nothing and stay where nothing is found', () => {
    expect(redactAll('{"v":"4111\\ud8001111 1111 1112 x \\udc00"}')).toBe(
      '{"v":"4111\\ud8001111 1111 1112 x \\udc00"}',
    );
    expect(redactAll('{"v":"4111\\ud800111111111111 x \\udc00"}')).toBe('{"v":"[CARD] x \\udc00"}');
    expect(redactAll('{"v":"alice\\ud800@example.com"}')).toBe('{"v":"[EMAIL]"}');
    expect(redactAll('{"v":"cut off \\ud83d"}')).toBe('{"v":"cut off \\ud83d"}');
  });

  it('path segments, CSV cells, tabs, key=value, markup', () => {
    expect(redacted('/users/123-45-6789/cards/4111111111111111')).toBe('/users/[US_SSN]/cards/[CARD]');
    expect(redacted('1,alice@example.com,"4111 1111 1111 1111",123-45-6789')).toBe('1,[EMAIL],"[CARD]",[US_SSN]');
    expect(redacted('42\t123-45-6789\t2024-01-01')).toBe('42\t[US_SSN]\t2024-01-01');
    expect(redacted('lvl=info password=hunter2 user="bob" ssn=123456789')).toBe(
      'lvl=info password=[PASSWORD] user="bob" ssn=[US_SSN]',
    );
    expect(redacted('<ssn>123456789</ssn><password>x</password>')).toBe(
      '<ssn>[US_SSN]</ssn><password>[PASSWORD]</password>',
    );
  });

  it('keys whatever their case and separators, with all that is below', () => {
    expect(redactAll('{"Card_Number":1234,"CARD-NUMBER":"x","cardNumber":{"a":["b",{"c":5}],"d":null,"e":true}}')).toBe(
      '{"Card_Number":"[CARD]","CARD-NUMBER":"[CARD]","cardNumber":{"a":["[CARD]",{"c":"[CARD]"}],"d":null,"e":true}}',
    );
    expect(redactAll('{"date of birth":{"y":1980},"userPassword":["a"],"API KEY":{"k":{"v":"z"}}}')).toBe(
      '{"date of birth":{"y":"[DATE_OF_BIRTH]"},"userPassword":["[PASSWORD]"],"API KEY":{"k":{"v":"[API_KEY]"}}}',
    );
  });

  it('words within 30 characters, or anywhere in the path, and no farther', () => {
    expect(redacted('the SSN of this person is 123456789')).toBe('the SSN of this person is [US_SSN]');
    expect(redacted(`SSN ${'x'.repeat(40)} 123456789`)).toBe(`SSN ${'x'.repeat(40)} 123456789`);
    expect(redactAll('{"ssnRecord":{"a":{"b":"x 123456789"}}}')).toBe('{"ssnRecord":{"a":{"b":"x [US_SSN]"}}}');
  });
});

describe('scopes', () => {
  const json = '{"a":{"x":"a@example.com"},"b":["b@example.com",{"c":"c@example.com"}],"d":"d@example.com"}';

  it('include and exclude paths, each with all below', async () => {
    expect((await redactor('all', undefined, { include: ['a', 'b[1]'] }))(json)).toBe(
      '{"a":{"x":"[EMAIL]"},"b":["b@example.com",{"c":"[EMAIL]"}],"d":"d@example.com"}',
    );
    expect((await redactor('all', undefined, { exclude: ['b.**', 'a.x'] }))(json)).toBe(
      '{"a":{"x":"a@example.com"},"b":["b@example.com",{"c":"c@example.com"}],"d":"[EMAIL]"}',
    );
    expect((await redactor('all', undefined, { exclude: ['**.c'] }))(json)).toContain('c@example.com');
  });

  it('exclude keys that name, too', async () => {
    expect((await redactor('all', undefined, { exclude: ['test'] }))('{"test":{"password":"x"},"password":"y"}')).toBe(
      '{"test":{"password":"x"},"password":"[PASSWORD]"}',
    );
  });

  it('allow values and patterns for the whole of a find', async () => {
    const run = await redactor('all', undefined, { allow: ['support@example.com', /[a-z]+@corp\.example/] });
    expect(run('{"t":"support@example.com x@corp.example y@corp.example.com"}')).toBe(
      '{"t":"support@example.com x@corp.example [EMAIL]"}',
    );
  });
});

describe('masked text', () => {
  it('is not masked again', () => {
    const once = redactAll('{"a":"x alice@example.com","password":"p","pan":4111111111111111,"t":"token=abc123def"}');
    expect(redactAll(once)).toBe(once);
  });

  it('is looked at again as it reads with tokens, which bring words closer to what they speak of', () => {
    expect(redacted('reach me at +27 82 586 7090 or at 0744-272-9890')).toBe('reach me at [PHONE] or at [PHONE]');
    expect(redacted('secret access key 1utaB6XqCYdAJII/TSVtMy2b7lDbOboivi1y5aB3 aws_secret_access_key = x1')).toBe(
      'secret access key [AWS_SECRET_KEY] aws_secret_access_key = [AWS_SECRET_KEY]',
    );
  });

  it('says nothing by its tokens, and only tokens count for masked', () => {
    expect(redacted('[CRYPTO_ADDRESS] 65ada8235c17d6c697d17d586384fc86')).toContain('65ada8235c17d6c697d17d586384fc86');
    expect(redactAll('{"password":"[HUNTER2]","pwd":"[HUNTER]","secret":"[API_KEY]"}')).toBe(
      '{"password":"[PASSWORD]","pwd":"[PASSWORD]","secret":"[API_KEY]"}',
    );
    expect(redacted('password=[EMAIL]hunter2 token=[API_KEY] x')).toBe('password=[PASSWORD] token=[API_KEY] x');
  });

  it('keeps a value that says itself what it is, between latitude and longitude too', () => {
    expect(redactAll('{"lat":0,"lon":4111111111111111}')).toBe('{"lat":"[COORDINATES]","lon":"[CARD]"}');
    expect(redactAll('{"lat":1.5,"x":{"lon":"a@example.com"}}')).toBe('{"lat":1.5,"x":{"lon":"[EMAIL]"}}');
  });
});

describe('readings of one text that differ', () => {
  it('JSON is read as it stands, whatever its strings hold', () => {
    expect(redacted('{"password":" ＂"}')).toBe('{"password":"[PASSWORD]"}');
    expect(redacted('[{"password":"%"},"\u200b"]')).toBe('[{"password":"[PASSWORD]"},"\u200b"]');
  });

  it('what is compared is a value where it is quoted', () => {
    expect(redacted('if (token == null && password === "hunter2")')).toBe(
      'if (token == null && password === "[PASSWORD]")',
    );
  });

  it('what goes beyond JSON in a text wins over it', () => {
    expect(redacted('set password={"old":"hunter2","x":[1]} now')).toBe('set password=[PASSWORD] now');
    expect(redacted('(password=hun)ter2) [token=abc123def] pwd={x}')).toBe(
      '(password=[PASSWORD]) [token=[API_KEY]] pwd=[PASSWORD]',
    );
    expect(redacted('card [4111111111111111] declined')).toBe('card [[CARD]] declined');
  });

  it('JSON in percent-encoded text stays percent-encoded', () => {
    expect(redacted(`d=${encodeURIComponent('{"n":4111111111111111}')}`)).toBe('d=%7B%22n%22%3A%22[CARD]%22%7D');
  });

  it('a find in a part of base64, and one inside of it: all of it goes', () => {
    const encoded = base64(' SSN 149546152  and no more');
    expect(redactAll(JSON.stringify({ wallet: encoded }))).not.toContain(encoded.slice(0, 16));
  });

  it('keys below a key that names everything below it', () => {
    expect(redactAll('{"ssn":{"a@example.com":1,"b":{"4111111111111111":"x"}}}')).toBe(
      '{"ssn":{"[EMAIL]":"[US_SSN]","b":{"[CARD]":"[US_SSN]"}}}',
    );
  });
});
