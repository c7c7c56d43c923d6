import { marketEntity19, soleTrader2011, taxation15, twoInOne } from './laws.ts';
import {
  applicationForm,
  businessLicence,
  days,
  determination,
  type Edition,
  identityCard,
  material,
  organ,
  type ShippedItem,
  shipped,
  stage,
  text,
} from './parts.ts';

// 个体工商户: tax registration merged into the business licence

const soleTrader = '431001110002';
const soleTraderName = text('个体工商户登记', 'Registration of a sole trader');
const soleTraderEdition = {
  name: soleTraderName,
  type: '01',
  kind: 'promised',
  exerciseLevel: '4',
  intake: [organ('county', 'administrativeService')],
  materials: [applicationForm, identityCard, material('premises', text('经营场所证明', 'Premises'), 'C')],
  result: text('营业执照', 'Business licence'),
} as const;
const soleTraderRoute = (law: typeof twoInOne, days: number) => ({
  lead: organ('county', 'marketRegulation'),
  stages: [
    stage('register', text('登记', 'Registration'), [
      determination('register', soleTraderName, days, soleTrader, [law], organ('county', 'marketRegulation')),
    ]),
  ],
});
const soleTraderItem = shipped(
  soleTrader,
  {
    ...soleTraderEdition,
    effectiveFrom: '2013-01-01',
    legalBasis: [soleTrader2011],
    route: soleTraderRoute(soleTrader2011, 10),
    limits: days(15, 10),
    note: text('期限未核对。', 'The limit has not been checked.'),
  },
  {
    ...soleTraderEdition,
    effectiveFrom: '2016-12-01',
    legalBasis: [twoInOne, soleTrader2011],
    route: soleTraderRoute(twoInOne, 10),
    limits: days(15, 10),
    note: text('营业执照兼有税务登记证的效力。', 'The business licence also serves as the tax registration.'),
  },
  {
    ...soleTraderEdition,
    effectiveFrom: '2022-03-01',
    legalBasis: [marketEntity19, twoInOne],
    route: soleTraderRoute(marketEntity19, 3),
    limits: days(3, 3),
    extension: { days: 3, by: 'organHead', basis: marketEntity19 },
  },
);

const taxRegistration = '431010110001';
const taxRegistrationName = text('个体税务登记', 'Tax registration of a sole trader');
const taxRegistrationEdition: Edition = {
  effectiveFrom: '2013-01-01',
  name: taxRegistrationName,
  type: '10',
  kind: 'immediate',
  exerciseLevel: '4',
  legalBasis: [taxation15],
  intake: [organ('county', 'administrativeService')],
  route: {
    lead: organ('county', 'taxation'),
    stages: [
      stage('register', text('登记', 'Registration'), [
        determination('register', taxRegistrationName, 1, taxRegistration, [taxation15], {
          ...organ('county', 'taxation'),
        }),
      ]),
    ],
  },
  materials: [applicationForm, identityCard, businessLicence],
  limits: days(null, 1),
  result: text('税务登记证', 'Tax registration certificate'),
};
const taxRegistrationItem = shipped(taxRegistration, taxRegistrationEdition, {
  ...taxRegistrationEdition,
  verb: 'merge',
  into: [soleTrader],
  status: 'cancelled',
  effectiveFrom: '2016-12-01',
  legalBasis: [twoInOne],
  note: text('并入营业执照（两证整合）。', 'Merged into the business licence.'),
});

export const tradeItems: readonly ShippedItem[] = [soleTraderItem, taxRegistrationItem];
