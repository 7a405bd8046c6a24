import type { Detector } from '../detector.ts';
import { apiKey } from './api-key.ts';
import { auMedicare } from './au-medicare.ts';
import { auTfn } from './au-tfn.ts';
import { awsAccessKey } from './aws-access-key.ts';
import { awsSecretKey } from './aws-secret-key.ts';
import { basicAuth } from './basic-auth.ts';
import { bearerToken } from './bearer-token.ts';
import { brCnpj } from './br-cnpj.ts';
import { brCpf } from './br-cpf.ts';
import { caSin } from './ca-sin.ts';
import { card } from './card.ts';
import { coordinates } from './coordinates.ts';
import { cryptoAddress } from './crypto-address.ts';
import { dateOfBirth } from './date-of-birth.ts';
import { deTaxId } from './de-tax-id.ts';
import { driverLicence } from './driver-licence.ts';
import { email } from './email.ts';
import { esNie } from './es-nie.ts';
import { esNif } from './es-nif.ts';
import { fiHetu } from './fi-hetu.ts';
import { frNir } from './fr-nir.ts';
import { iban } from './iban.ts';
import { imei } from './imei.ts';
import { inAadhaar } from './in-aadhaar.ts';
import { inPan } from './in-pan.ts';
import { ip } from './ip.ts';
import { itFiscalCode } from './it-fiscal-code.ts';
import { jwt } from './jwt.ts';
import { krRrn } from './kr-rrn.ts';
import { mac } from './mac.ts';
import { mxCurp } from './mx-curp.ts';
import { nlBsn } from './nl-bsn.ts';
import { passport } from './passport.ts';
import { password } from './password.ts';
import { personName } from './person-name.ts';
import { phone } from './phone.ts';
import { plPesel } from './pl-pesel.ts';
import { postalAddress } from './postal-address.ts';
import { privateKey } from './private-key.ts';
import { sePersonnummer } from './se-personnummer.ts';
import { sgNric } from './sg-nric.ts';
import { thId } from './th-id.ts';
import { trId } from './tr-id.ts';
import { ukNhs } from './uk-nhs.ts';
import { ukNino } from './uk-nino.ts';
import { urlCredentials } from './url-credentials.ts';
import { usBank } from './us-bank.ts';
import { usItin } from './us-itin.ts';
import { usSsn } from './us-ssn.ts';
import { vendorToken } from './vendor-token.ts';
import { vin } from './vin.ts';
import { zaId } from './za-id.ts';

/** Every detector. In ties the first one listed wins: see detection/overlap.ts. */
export const DETECTORS: readonly Detector[] = [
  email,
  card,
  iban,
  cryptoAddress,
  ip,
  mac,
  jwt,
  privateKey,
  awsAccessKey,
  vendorToken,
  urlCredentials,
  basicAuth,
  awsSecretKey,
  bearerToken,
  password,
  apiKey,
  usSsn,
  usItin,
  ukNino,
  ukNhs,
  inAadhaar,
  inPan,
  brCpf,
  brCnpj,
  esNif,
  esNie,
  itFiscalCode,
  plPesel,
  deTaxId,
  frNir,
  nlBsn,
  fiHetu,
  sePersonnummer,
  sgNric,
  auTfn,
  auMedicare,
  caSin,
  zaId,
  krRrn,
  trId,
  thId,
  mxCurp,
  imei,
  vin,
  usBank,
  phone,
  passport,
  driverLicence,
  dateOfBirth,
  personName,
  postalAddress,
  coordinates,
];
