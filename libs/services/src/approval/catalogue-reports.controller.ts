import { Controller, Get, Header, Inject, Param, Query } from '@nestjs/common';
import { type CatalogueReports, guidePage, type GuideWanted } from '@liandong/application';
import type { z } from 'zod';
import { Allow } from '../identity/caller.guard.ts';
import { given } from '../platform/paging.ts';
import { orRefuse } from '../platform/refused.ts';
import { valid } from '../platform/valid.ts';
import { guideQuery, itemCodeParam, tierReportQuery } from './requests.ts';

export const CATALOGUE_REPORTS = Symbol('CatalogueReports');

/** What is published of the catalogue: guides to read and print, the rate of uniformity, coverage. */
@Controller('v1')
export class CatalogueReportsController {
  readonly #reports: CatalogueReports;

  constructor(@Inject(CATALOGUE_REPORTS) reports: CatalogueReports) {
    this.#reports = reports;
  }

  @Get('items/:item/guide')
  @Allow('items.read')
  async guide(
    @Param('item', valid(itemCodeParam)) item: string,
    @Query(valid(guideQuery)) query: z.infer<typeof guideQuery>,
  ) {
    return orRefuse(await this.#reports.guide(item, wanted(query)));
  }

  @Get('items/:item/guide/page')
  @Allow('items.read')
  @Header('content-type', 'text/html; charset=utf-8')
  async page(
    @Param('item', valid(itemCodeParam)) item: string,
    @Query(valid(guideQuery)) query: z.infer<typeof guideQuery>,
  ) {
    return guidePage(orRefuse(await this.#reports.guide(item, wanted(query))));
  }

  @Get('uniformity')
  @Allow('items.read')
  uniformity(@Query(valid(tierReportQuery)) { tier }: z.infer<typeof tierReportQuery>) {
    return this.#reports.uniformity(tier);
  }

  @Get('coverage')
  @Allow('items.read')
  coverage(@Query(valid(tierReportQuery)) { tier }: z.infer<typeof tierReportQuery>) {
    return this.#reports.coverage(tier);
  }
}

const wanted = (query: z.infer<typeof guideQuery>): GuideWanted => given(query);
