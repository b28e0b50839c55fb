import { checkEach, refuse } from '../../common/api-error.ts';
import type { JsonObject } from '../../common/json.ts';
import { isObject } from '../../common/json.ts';
import { list } from '../listing.ts';
import type { Call, Plan } from '../plan.ts';
import { bodyList, bodyObject, NO_BODY } from '../plan.ts';
import type { Cloud } from '../settings.ts';
import type { ArrayState } from '../state.ts';

/** How long the cloud takes to add disks. */
const GROWTH_MS = 600_000;

/** Real arrays of metal refuse these calls; no source gives the text. */
function cloudOf(state: ArrayState): Cloud {
  const { cloud } = state.settings;
  if (cloud === null)
    throw refuse('This operation is only supported on Cloud Block Store arrays.', state.settings.name);
  return cloud;
}

function capacityItem(state: ArrayState, nowMs: number): JsonObject {
  const { growth } = state.conditions;
  const isGrowing = growth !== null && growth.readyMs > nowMs;
  const current = state.capacityBytes(nowMs);
  return {
    ...state.reference,
    current_capacity: current,
    requested_capacity: isGrowing ? growth.bytes : current,
    status: isGrowing ? 'expanding' : 'idle',
    details: isGrowing ? `${Math.floor(100 - ((growth.readyMs - nowMs) / GROWTH_MS) * 100)}% done` : null,
  };
}

export function getCloudCapacity(state: ArrayState, call: Call): Plan {
  cloudOf(state);
  return list(call, [state], () => capacityItem(state, call.nowMs));
}

export function patchCloudCapacity(state: ArrayState, call: Call): Plan {
  const { capacitySteps } = cloudOf(state);
  const { requested_capacity: asked } = bodyObject(call);
  if (typeof asked !== 'number' || !capacitySteps.includes(asked)) {
    throw refuse('The requested capacity is not one of the supported steps.', JSON.stringify(asked ?? null));
  }
  const current = state.capacityBytes(call.nowMs);
  if (asked < current) throw refuse('The capacity of the array cannot be reduced.', String(asked));
  const { growth } = state.conditions;
  if (growth !== null && growth.readyMs > call.nowMs) throw refuse('A capacity update is already in progress.');
  return {
    effects: [],
    commit: () => {
      state.conditions.capacityBytes = current;
      state.conditions.growth = { bytes: asked, readyMs: call.nowMs + GROWTH_MS };
      return { items: [capacityItem(state, call.nowMs)] };
    },
  };
}

export function getCapacitySteps(state: ArrayState, call: Call): Plan {
  const steps = cloudOf(state).capacitySteps.map(bytes => ({ bytes }));
  return list(call, steps, ({ bytes }) => ({ supported_capacity: bytes }));
}

function configItem(state: ArrayState): JsonObject {
  const { model } = state.conditions;
  return {
    ...state.reference,
    automatic_capacity_upgrade: { enabled: false, max_capacity: null, details: null },
    model: { current: model, requested: model, status: 'idle', step: null, details: null, override_checks: [] },
  };
}

export function getCloudConfig(state: ArrayState, call: Call): Plan {
  cloudOf(state);
  return list(call, [state], () => configItem(state));
}

export function patchCloudConfig(state: ArrayState, call: Call): Plan {
  const { models } = cloudOf(state);
  const { model } = bodyObject(call);
  const asked = isObject(model) ? model.requested : undefined;
  if (typeof asked !== 'string') throw refuse('No attribute specified.');
  if (!models.includes(asked)) throw refuse('The requested model is not supported.', asked);
  return {
    effects: [],
    commit: () => {
      state.conditions.model = asked;
      return { items: [configItem(state)] };
    },
  };
}

export function getSupportedConfigs(state: ArrayState, call: Call): Plan {
  const { models } = cloudOf(state);
  return list(call, [state], () => ({ supported_models: models }));
}

/** Tags that the cloud provider shows on the array's resources. */
export function getProviderTags(state: ArrayState, call: Call): Plan {
  cloudOf(state);
  return list(call, state.cloudTags, tagItem);
}

function tagItem({ key, value }: { readonly key: string; readonly value: string }): JsonObject {
  return { key, value, details: null };
}

export function putProviderTags(state: ArrayState, call: Call): Plan {
  cloudOf(state);
  const tags = checkEach(bodyList(call), ({ key, value }) => {
    if (typeof key !== 'string' || key === '' || typeof value !== 'string') throw refuse('Invalid tag.');
    return { key, value };
  });
  return {
    effects: [],
    commit: () => {
      const kept = state.cloudTags.filter(({ key }) => !tags.some(tag => tag.key === key));
      state.cloudTags = [...kept, ...tags];
      return { items: tags.map(tagItem) };
    },
  };
}

export function deleteProviderTags(state: ArrayState, call: Call): Plan {
  cloudOf(state);
  const keys = call.query.required('keys');
  return {
    effects: [],
    commit: () => {
      state.cloudTags = state.cloudTags.filter(({ key }) => !keys.includes(key));
      return NO_BODY;
    },
  };
}
