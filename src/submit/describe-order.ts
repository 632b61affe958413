import { neutraliseLine, printJson } from '../progress/index.ts';
import type { ParsedRequest } from '../request/index.ts';
import type { PipelineOrder } from './open-pipeline.ts';
import { orderedParameters } from './order-run.ts';

/** Stands for what is made, or asked for, when an order is really sent. */
const [later, hidden] = ['made when it is sent', '[secret]'];

/** What would be sent for a request, for people or as JSON; the token is not asked for and not shown. */
export function describeOrder(
  request: ParsedRequest,
  { settings }: PipelineOrder,
  { json }: { readonly json: boolean },
): string {
  const { adoOrganizationUrl: organization, adoProjectName: project, adoPipelineId: pipeline } = settings;
  const parameters = orderedParameters(request, { form: settings.adoParameters, submission: later });
  if (json) return printJson({ organization, project, pipeline, parameters, token: hidden, request }, 2);
  const rows = [...Object.entries(parameters), ['token', hidden] as const, ...readable(request)];
  return [
    `would start pipeline ${pipeline} of ${organization}/${project} with`,
    ...rows.map(([name, value]) => `  ${name.padEnd(32)}${neutraliseLine(value)}`),
    '',
  ].join('\n');
}

/** What the encoded parameters hold. */
function readable({ build }: ParsedRequest): readonly (readonly [string, string])[] {
  const shown = Object.entries(build).filter(([, value]) => !Array.isArray(value) || value.length > 0);
  return shown.map(([name, value]) => [`that is, ${name}`, JSON.stringify(value)] as const);
}
