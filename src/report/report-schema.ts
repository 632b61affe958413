import * as z from 'zod/mini';
import { buildReportSchema } from './build-report.ts';

/** The JSON Schema (draft 2020-12) of the build report, for readers in other languages. */
export function buildReportJsonSchema(): Record<string, unknown> {
  const schema = z.toJSONSchema(buildReportSchema, { target: 'draft-2020-12' });
  return { ...schema, title: 'Image Builder build report' };
}
