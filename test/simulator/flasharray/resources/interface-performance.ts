import type { JsonObject } from '../../common/json.ts';
import { sampleTimes } from '../../common/sample-times.ts';
import { list } from '../listing.ts';
import { arrayWork } from '../load-model.ts';
import type { Call, Plan } from '../plan.ts';
import type { ArrayState } from '../state.ts';
import { allInterfaces } from './ports.ts';

const FRAME_BYTES = 2048;
const ETHERNET_ERRORS = [
  'other_errors_per_sec', 'received_crc_errors_per_sec', 'received_frame_errors_per_sec', 'total_errors_per_sec',
  'transmitted_carrier_errors_per_sec', 'transmitted_dropped_errors_per_sec',
  'flow_control_received_congestion_packets_per_sec', 'flow_control_received_discarded_packets_per_sec',
  'flow_control_received_lossless_bytes_per_sec', 'flow_control_received_pause_frames_per_sec',
  'flow_control_transmitted_congestion_packets_per_sec', 'flow_control_transmitted_discarded_packets_per_sec',
  'flow_control_transmitted_lossless_bytes_per_sec', 'flow_control_transmitted_pause_frames_per_sec',
  'rdma_received_req_cqe_errors_per_sec', 'rdma_received_sequence_errors_per_sec',
  'rdma_transmitted_local_ack_timeout_errors_per_sec',
]; // prettier-ignore
const FC_ERRORS = [
  'received_crc_errors_per_sec', 'received_link_failures_per_sec', 'received_loss_of_signal_per_sec',
  'received_loss_of_sync_per_sec', 'total_errors_per_sec', 'transmitted_invalid_words_per_sec',
]; // prettier-ignore

/** The array's traffic, shared out evenly over its data interfaces. */
export function getInterfacePerformance(state: ArrayState, call: Call): Plan {
  const names = call.query.list('names')?.map(name => name.toLowerCase());
  const chosen = allInterfaces(state).filter(({ name }) => names?.includes(name.toLowerCase()) ?? true);
  const dataPorts = allInterfaces(state).filter(({ service }) => service !== 'management').length;
  const rows = sampleTimes(call).flatMap(time => chosen.map(one => ({ ...one, time })));
  return list(call, rows, ({ name, wwn, service, time }) => {
    const { iops, opBytes } = arrayWork(state, time);
    const bytes = service === 'management' ? 2000 : Math.round((iops * opBytes) / Math.max(1, dataPorts));
    const isFc = wwn !== null;
    return {
      name,
      time,
      interface_type: isFc ? 'fc' : 'eth',
      eth: traffic(isFc ? null : bytes, 'packets', ETHERNET_ERRORS),
      fc: traffic(isFc ? bytes : null, 'frames', FC_ERRORS),
    };
  });
}

function traffic(bytes: number | null, unit: 'packets' | 'frames', errors: readonly string[]): JsonObject {
  const received = bytes === null ? null : Math.round(bytes * 0.35);
  const sent = bytes === null || received === null ? null : bytes - received;
  const units = (some: number | null): number | null => (some === null ? null : Math.ceil(some / FRAME_BYTES));
  return {
    ...Object.fromEntries(errors.map(name => [name, bytes === null ? null : 0])),
    received_bytes_per_sec: received,
    transmitted_bytes_per_sec: sent,
    [`received_${unit}_per_sec`]: units(received),
    [`transmitted_${unit}_per_sec`]: units(sent),
  };
}
