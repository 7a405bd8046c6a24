/** The part of ua-parser-js 1 (MIT) that is used; it ships without types. */
declare module 'ua-parser-js' {
  interface Named {
    readonly name?: string;
    readonly version?: string;
  }

  export default class UAParser {
    constructor(userAgent: string);
    getBrowser(): Named;
    getOS(): Named;
    getDevice(): { readonly type?: string };
  }
}
