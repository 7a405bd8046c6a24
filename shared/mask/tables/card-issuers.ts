/**
 * First digits of payment cards and the lengths their networks issue: ISO/IEC 7812 issuer ranges as the networks publish
 * them. `from` and `to` are compared with as many leading digits as they have.
 */
export interface IssuerRange {
  readonly network: string;
  readonly from: number;
  readonly to: number;
  readonly lengths: readonly number[];
}

const range = (network: string, lengths: readonly number[], ...ranges: string[]): IssuerRange[] =>
  ranges.map((each) => {
    const [from, to = from] = each.split('-');
    return { network, lengths, from: Number(from), to: Number(to) };
  });

export const CARD_ISSUERS: readonly IssuerRange[] = [
  ...range('visa', [13, 16, 18, 19], '4'),
  ...range('mastercard', [16], '51-55', '2221-2720'),
  ...range('american express', [15], '34', '37'),
  ...range('diners club', [14, 16, 17, 18, 19], '300-305', '3095', '36', '38-39'),
  ...range('discover', [16, 17, 18, 19], '6011', '644-649', '65'),
  ...range('jcb', [16, 17, 18, 19], '3528-3589'),
  ...range('jcb', [15], '1800', '2131'),
  ...range('unionpay', [16, 17, 18, 19], '62', '8100-8171'),
  ...range('mir', [16, 17, 18, 19], '2200-2204'),
  ...range(
    'maestro',
    [12, 13, 14, 15, 16, 17, 18, 19],
    '5018',
    '5020',
    '5038',
    '5893',
    '6304',
    '6759',
    '6761-6763',
    '0604',
    '6390',
  ),
  ...range('maestro', [12, 16, 18, 19], '56-58'),
  ...range('maestro uk', [16, 18, 19], '6767', '6333', '4903', '4905', '4911', '4936', '564182', '633110'),
  ...range('rupay', [16], '60', '81-82', '508', '353', '356'),
  ...range('elo', [16], '5067', '5090', '6277', '6362', '6363', '650', '6516', '6550'),
  ...range('hipercard', [13, 16, 19], '637095', '637568', '637599', '637609', '637612', '606282', '3841'),
  ...range('verve', [16, 18, 19], '5060-5061', '5078-5079', '6500'),
  ...range('troy', [16], '9792'),
  ...range('dankort', [16], '5019'),
  ...range('uzcard', [16], '8600', '5614'),
  ...range('humo', [16], '9860'),
  ...range('interpayment', [16, 17, 18, 19], '636'),
];
