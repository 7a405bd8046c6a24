import { describe, expect, it } from 'vitest';
import { redactor } from './redaction.ts';

const redactAll = await redactor();
const base64 = (text: string) => Buffer.from(text).toString('base64');
const encoded = encodeURIComponent;

/** A document, what may not stay of it, and what must. */
type Form = readonly [document: unknown, gone: readonly string[], stays: readonly string[]];

/** The texts that logs, requests and configurations are written in. */
const FORMS: readonly Form[] = [
  [
    { soap: '<user><ssn>536904399</ssn><email>bob@example.org</email><ccNumber>4000056655665556</ccNumber></user>' },
    ['536904399', 'bob@', '4000056655665556'],
    ['<user>'],
  ],
  [{ soap: '<password type="plain">hunter2</password>' }, ['hunter2'], []],
  [{ soap: '<soap:password>hunter2</soap:password>' }, ['hunter2'], []],
  [{ x: '<user password="hunter2" id="7"/>' }, ['hunter2'], ['id="7"']],
  [{ yaml: 'user:\n  password: hunter2x\n  host: db1\n  port: 5432' }, ['hunter2x'], ['db1', '5432']],
  [{ env: 'DB_PASSWORD=hunter2\nAPI_KEY=abc123def456\nPORT=8080' }, ['hunter2', 'abc123def456'], ['8080']],
  [{ form: `user=bob&password=${encoded('p@ss w0rd!')}&next=%2Fhome` }, ['p%40ss', 'w0rd'], ['%2Fhome']],
  [
    { form: `email=${encoded('bob+x@example.org')}&cc=${encoded('4000 0566 5566 5556')}` },
    ['example.org', '5566'],
    ['email='],
  ],
  [
    { sql: "INSERT INTO users (email, ssn) VALUES ('bob@example.org', '536-90-4399')" },
    ['bob@', '536-90-4399'],
    ['INSERT'],
  ],
  [{ sql: "UPDATE u SET password = 'hunter2' WHERE id = 5" }, ['hunter2'], ['WHERE']],
  [
    { gql: '{"query":"mutation($p:String){login(password:$p)}","variables":{"p":"x","password":"hunter2"}}' },
    ['hunter2'],
    ['mutation'],
  ],
  [
    { csv: 'id,email,card\n1,bob@example.org,4000056655665556\n2,amy@example.org,4532015112830366' },
    ['bob@', 'amy@', '4000056655665556', '4532015112830366'],
    ['id,email,card'],
  ],
  [{ html: 'bob&#64;example&#46;org &commat; x' }, ['bob&#64;'], []],
  [{ html: '{&quot;password&quot;:&quot;hunter2&quot;,&quot;n&quot;:1}' }, ['hunter2'], ['&quot;n&quot;']],
  [{ nb: '536\u00a090\u00a04399 ssn' }, ['4399'], []],
  [{ fw: 'ssn ５３６９０４３９９' }, ['５３６９０４３９９'], []],
  [{ fw: 'ｐａｓｓｗｏｒｄ＝hunter2' }, ['hunter2'], []],
  [{ form: 'name=Anna+Smith&email=anna%40example.com&phone=%2B49+30+9018207' }, ['9018207', 'example.com'], ['Anna']],
  [{ csv: '1,"{""password"":""hunter2"",""n"":1}",x' }, ['hunter2'], ['""n"":1']],
  [{ log: 'password: [FILTERED] user: bob' }, [], ['[FILTERED]']],
  [{ code: 'password = getPassword() and password=process.env.DB_PASS' }, [], ['getPassword()', 'process.env.DB_PASS']],
  [{ code: 'password=getready(1999)' }, ['getready(1999'], []],
  [{ code: 'password=get.Rich123' }, ['Rich123'], []],
  [{ ｐａｓｓ＿ｗｏｒｄ: 'hunter2', 'pass\u00a0word': 'hunter3' }, ['hunter2', 'hunter3'], []],
  [{ note: 'Phone:\n4155552671\nOrder\n4155552671234' }, ['4155552671\n'], ['4155552671234']],
  [{ telecom: [{ system: 'phone', value: '5550123' }] }, ['5550123'], ['phone']],
  [{ ｐａｓｓｗｏｒｄ: 'hunter2' }, ['hunter2'], []],
  [{ 'pass\u200bword': 'hunter2' }, ['hunter2'], []],
  [
    { 'Pass Word': 'hunter2', 'PASS.WORD': 'hunter3', 'user[password]': 'hunter4' },
    ['hunter2', 'hunter3', 'hunter4'],
    [],
  ],
  [{ 'user.ssn': '536904399', 'x-ssn': 536904399 }, ['536904399'], []],
  [{ ssn: { a: { b: [1, 536904399] } } }, ['536904399'], []],
  [{ n: 4000056655665556, m: -4000056655665556, f: 4000056655665556.0 }, ['4000056655665556'], []],
  [{ a: [[['bob@example.org']]] }, ['bob@'], []],
  [
    { b: base64('{"email":"bob@example.org"}'), c: base64('card 4000056655665556').replace(/=+$/, '') },
    [base64('{"email":"bob'), base64('card 40000').slice(0, 12)],
    [],
  ],
  [
    { u: `https://x.io/?d=${encoded(base64('bob@example.org is here'))}` },
    [base64('bob@example.org').slice(0, 16)],
    ['https://x.io/'],
  ],
  [{ u: `https://x.io/p/${base64('{"user":"bob@example.org"}')}/q` }, [base64('{"user":"bob@').slice(12, 20)], []],
  [
    { d: `data:text/plain;base64,${base64('bob@example.org wrote this')}` },
    [base64('bob@example.org').slice(0, 16)],
    ['data:text/plain'],
  ],
  [{ h: 'Set-Cookie: session=31d4d96e407aad42; Path=/; HttpOnly' }, ['31d4d96e407aad42'], []],
  [
    { headers: { Authorization: `Basic ${base64('bob:hunter2')}`, Cookie: ['a=b', 'c=d'], 'X-Auth-Token': 'q' } },
    [base64('bob:hunter2'), 'a=b', 'c=d', '"q"'],
    ['Basic'],
  ],
  [{ headers: [{ name: 'Authorization', value: 'Bearer abcdef0123456789' }] }, ['abcdef0123456789'], []],
  [
    {
      attrs: [
        { key: 'password', value: 'hunter2' },
        { key: 'color', value: 'red' },
      ],
    },
    ['hunter2'],
    ['red'],
  ],
  [{ kv: { name: 'ssn', value: '536904399' } }, ['536904399'], []],
  [
    { log: 'user=bob ssn:536904399 card:4000056655665556 ip:203.0.113.9 dob=1980-05-12' },
    ['536904399', '4000056655665556', '203.0.113.9', '1980-05-12'],
    ['user='],
  ],
  [
    { log: 'java.lang.Exception: bad card 4000056655665556 at com.x.Y(Y.java:42)' },
    ['4000056655665556'],
    ['Y.java:42'],
  ],
  [{ log: '\u001b[31mbob@example.org\u001b[0m' }, ['bob@'], []],
  [{ log: `${'a'.repeat(3000)} bob@example.org` }, ['bob@'], []],
  [{ j: '{"a":1} {"password":"hunter2"}' }, ['hunter2'], []],
  [{ j: 'x={"password":"hunter2"} y={"ssn":536904399}' }, ['hunter2', '536904399'], []],
  [{ j: "{'password': 'hunter2', 'ssn': 536904399}" }, ['hunter2', '536904399'], []],
  [{ j: '{password: "hunter2"}' }, ['hunter2'], []],
  [{ j: '{\\"password\\":\\"hunter2\\",\\"n\\":1}' }, ['hunter2'], ['n']],
  [{ j: '"{\\"password\\":\\"hunter2\\"}"' }, ['hunter2'], []],
  [{ ruby: '{:password=>"hunter2", "ssn"=>"536904399"}' }, ['hunter2', '536904399'], []],
  [{ go: 'User{Name:bob Password:hunter2 Age:3}' }, ['hunter2'], ['Age']],
  [{ java: 'User(name=bob, password=hunter2, ssn=536904399)' }, ['hunter2', '536904399'], []],
  [{ php: 'array("password" => "hunter2")' }, ['hunter2'], []],
  [{ cli: 'curl -u bob:hunter2 https://x.io' }, ['hunter2'], []],
  [{ cli: "export TOKEN='abc123def456ghi7'" }, ['abc123def456ghi7'], []],
  [{ cn: '密码：hunter2 电话：138 0013 8000' }, ['hunter2', '0013'], []],
  [{ pii: { geo: { lat: 48.858222, lng: 2.2945 }, bbox: [1.5, 2.5] } }, ['48.858222', '2.2945'], ['1.5']],
  [{ loc: { type: 'Point', coordinates: [2.2945, 48.858222] } }, ['48.858222'], ['Point']],
  [{ latitude: '48.858222', longitude: '2.2945' }, ['48.858222'], []],
  [{ url: 'geo:48.858222,2.294500' }, ['48.858222'], []],
  [
    { url: 'https://bob:hunter2@x.io/a?token=abc123def456&ssn=536904399#access_token=zzz999yyy888' },
    ['hunter2', 'abc123def456', '536904399', 'zzz999yyy888'],
    ['x.io/a'],
  ],
  [
    { url: '/users/bob@example.org/cards/4000056655665556/ips/203.0.113.9' },
    ['bob@', '4000056655665556', '203.0.113.9'],
    ['/users/'],
  ],
  [{ url: 's3://bucket/bob%40example.org/2024/' }, ['bob%40'], ['/2024/']],
  [
    { person: { name: { first: 'Ann', last: 'Lee' }, contact: { address: { line1: '1 Main', city: 'X' } } } },
    ['Ann', 'Lee', '1 Main'],
    [],
  ],
  [{ cards: [{ number: '4000 0566 5566 5556', cvc: 123, exp_month: 12, brand: 'visa' }] }, ['5566', '123'], ['visa']],
  [{ bank: { accountNumber: '000123456789', routingNumber: '021000021' } }, ['000123456789', '021000021'], []],
  [{ text: 'Account number 000123456789, routing 021000021' }, ['000123456789', '021000021'], []],
  [{ text: 'bob@example.org'.split('').join('\u200b') }, ['b\u200bo\u200bb'], []],
  [{ text: 'b%6Fb%40ex%61mple.org' }, ['%40'], []],
  [{ text: '\\u0062ob\\u0040example.org' }, ['u0040'], []],
  [{ text: '\\x62ob\\x40example.org' }, ['x40'], []],
  [{ text: '4000-0566-5566-5556/12/26/123' }, ['0566'], []],
  [{ text: 'Visa ending 5556' }, [], ['5556']],
  [{ text: 'Tel:+14155552671,Fax:+14155552672' }, ['4155552671', '4155552672'], []],
  [{ text: 'tel:+1-415-555-2671;ext=12' }, ['555-2671'], []],
  [{ text: 'sip:bob@203.0.113.9:5060' }, ['203.0.113.9'], []],
  [{ text: 'Received: from mail.x.org ([203.0.113.9]) by mx' }, ['203.0.113.9'], []],
  [{ text: 'addr 2001:DB8::A00:20FF:FEA7:CCEA%en0 up' }, ['DB8'], []],
  [{ text: 'peer=[2001:db8::1]:443,' }, ['2001:db8'], [':443']],
  [{ text: 'cidr 2001:db8::/32' }, [], ['/32']],
  [{ text: '10.0.0.1-10.0.0.20' }, ['10.0.0.1'], []],
  [{ text: 'SSN:536904399' }, ['536904399'], []],
  [{ text: 'his social is 536 90 4399' }, ['4399'], []],
  [{ text: 'SSN # 536-90-4399;' }, ['4399'], []],
  [{ text: 'dob 05/12/80' }, ['05/12/80'], []],
  [{ text: 'DOB 12-May-1980' }, ['1980'], []],
  [{ text: 'born May 12th, 1980' }, ['12th'], []],
  [{ text: 'geboren am 12.05.1980' }, ['12.05'], []],
  [{ text: 'né le 12/05/1980' }, ['12/05'], []],
  [{ text: 'vin=1HGCM82633A004352;' }, ['1HGCM'], []],
  [{ text: 'eth 0x742d35Cc6634C0532925a3b844Bc454e4438f44e.' }, ['742d35'], []],
  [{ text: 'key: AKIAIOSFODNN7EXAMPLE secret: wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY' }, ['AKIA', 'wJalr'], []],
  [
    {
      AccessKeyId: 'ASIAIOSFODNN7EXAMPLE',
      SecretAccessKey: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
      SessionToken: 'IQoJb3',
    },
    ['ASIA', 'wJalr', 'IQoJb3'],
    [],
  ],
  [{ conn: 'Server=db;User Id=sa;Password=hunter2;Encrypt=true' }, ['hunter2'], ['Encrypt=true']],
  [
    {
      conn: `DefaultEndpointsProtocol=https;AccountName=x;AccountKey=${base64('k'.repeat(64))};EndpointSuffix=core`,
    },
    [base64('k'.repeat(64)).slice(0, 20)],
    ['EndpointSuffix'],
  ],
  [{ conn: 'jdbc:mysql://db/x?user=sa&password=hunter2' }, ['hunter2'], ['jdbc']],
  [{ pem: '-----BEGIN RSA PRIVATE KEY-----\\nMIIEow\\n-----END RSA PRIVATE KEY-----' }, ['MIIEow'], []],
  [
    {
      ts: 1700000000123,
      id: 12345678901234567890n.toString(),
      v: '1.2.3',
      u: 'f47ac10b-58cc-4372-a567-0e02b2c3d479',
      price: 1234.5,
      zip: 'A1',
    },
    [],
    ['1700000000123', '12345678901234567890', '1.2.3', 'f47ac10b'],
  ],
  [
    {
      attributes: [
        { name: 'password', value: 'x9' },
        { value: { v: 1 }, key: 'ssn' },
        { name: 'size', value: 5 },
      ],
    },
    ['x9', ':1'],
    ['"value":5'],
  ],
];

describe('forms of text', () => {
  it.each(FORMS.map((form) => [JSON.stringify(form[0]), form] as const))('%s', (json, [, gone, stays]) => {
    const out = redactAll(json);
    expect(() => JSON.parse(out)).not.toThrow();
    expect(
      gone.filter((text) => out.includes(text)),
      out,
    ).toEqual([]);
    expect(
      stays.filter((text) => !out.includes(JSON.stringify(text).slice(1, -1)) && !out.includes(text)),
      out,
    ).toEqual([]);
  });
});
