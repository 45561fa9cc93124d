/*
 * The simulated tenant imitates Qlik Cloud, so that `npm start` and the tests need no real tenant. A delivery sends an
 * event to a webhook. In reality it may fail, be late or come twice. This file decides whether that happens.
 */

import type { Chance } from '../chance.ts';
import type { DeliveryFault, Faults } from '../faults.ts';
import type { Switches } from '../switches.ts';
import type { WireFault } from './post-body.ts';

/** What goes wrong with one delivery of an event. */
export interface Mishap {
  /** How often the delivery is sent; 0 = never. */
  readonly copies: 0 | 1 | 2;
  readonly delayMs: number;
  /**
   * The delivery waits until the next one has overtaken it, at most this long. If it is undefined, the delivery does
   * not wait.
   */
  readonly holdMs: number | undefined;
  /** What goes wrong with the connection. */
  readonly wire: WireFault | undefined;
}

export interface MishapPorts {
  readonly faults: Faults;
  readonly switches: Switches;
  readonly chance: Chance;
}

/** How long, at most, a delivery that the switch `delivery.reorder` holds waits for the next one to overtake it. */
const HOLD_MS = 1000;
const NONE: Mishap = { copies: 1, delayMs: 0, holdMs: undefined, wire: undefined };

/**
 * Decides what goes wrong with a delivery. If there is a fault for it (a failure that a test asks for), the fault
 * decides; otherwise the switches, which are settings of the tenant (fact q-unknown-04).
 */
export function drawMishap(
  { faults, switches, chance }: MishapPorts,
  delivery: { readonly appId: string; readonly webhookId: string; readonly eventType: string },
): Mishap {
  const fault = faults.takeForDelivery(delivery);
  if (fault !== undefined) return mishapOf(fault);
  const happens = (name: 'delivery.drop' | 'delivery.duplicate' | 'delivery.reorder') =>
    chance.happens(switches.get(name));
  return {
    ...NONE,
    copies: happens('delivery.drop') ? 0 : happens('delivery.duplicate') ? 2 : 1,
    delayMs: switches.get('delivery.delayMs'),
    holdMs: happens('delivery.reorder') ? HOLD_MS : undefined,
  };
}

function mishapOf({ kind, ms }: DeliveryFault): Mishap {
  switch (kind) {
    case 'duplicate':
      return { ...NONE, copies: 2 };
    case 'drop':
      return { ...NONE, copies: 0 };
    case 'delay':
      return { ...NONE, delayMs: ms };
    case 'reorder':
      return { ...NONE, holdMs: ms };
    case 'cut':
      return { ...NONE, wire: { kind } };
    case 'slow':
      return { ...NONE, wire: { kind, ms } };
    default:
      return kind satisfies never;
  }
}
