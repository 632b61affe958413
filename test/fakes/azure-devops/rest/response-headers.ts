import { randomUUID } from 'node:crypto';
import type { OutgoingHttpHeaders } from 'node:http';

const processId = randomUUID();

/** The headers of every answer, as they were recorded. */
export function responseHeaders(activityId: string): OutgoingHttpHeaders {
  return {
    'cache-control': 'no-cache',
    pragma: 'no-cache',
    expires: '-1',
    p3p: 'CP="CAO DSP COR ADMa DEV CONo TELo CUR PSA PSD TAI IVDo OUR SAMi BUS DEM NAV STA UNI COM INT PHY ONL FIN PUR LOC CNT"',
    'x-tfs-processid': processId,
    'strict-transport-security': 'max-age=31536000; includeSubDomains',
    activityid: activityId,
    'x-tfs-session': randomUUID(),
    'x-vss-e2eid': randomUUID(),
    'x-vss-senderdeploymentid': processId,
    'x-vss-userdata': `${processId}:emulator@example.com`,
    'x-frame-options': 'SAMEORIGIN',
    'request-context': `appId=cid-v1:${processId}`,
    'access-control-expose-headers': 'Request-Context',
    'x-content-type-options': 'nosniff',
    'x-msedge-ref': `Ref A: ${activityId.replaceAll('-', '').toUpperCase()} Ref B: EMULATOR Ref C: ${new Date().toISOString().slice(0, 19)}Z`,
  };
}
