// The garage as it is now, told by the live channel: a snapshot, then numbered deltas.
//
// Whoever misses a number asks for a new snapshot. A line that is lost is made again with growing
// pauses; a hidden page keeps none. What is shown meanwhile is marked as old, never as true.

import { SvelteMap } from "svelte/reactivity";
import { askWhoIAm } from "./me.svelte.ts";
import { setTime } from "./now.svelte.ts";
import type { LiveConnector, LiveSession, LiveSpot, LiveStation } from "./things.ts";

interface Attention {
  alarms: number;
  reviews: number;
}

interface Garage {
  name: string;
  is_locked: boolean;
}

interface Message {
  type: "snapshot" | "delta";
  number: number;
  at: string;
  stations?: LiveStation[];
  connectors?: LiveConnector[];
  spots?: LiveSpot[];
  sessions?: LiveSession[];
  garage?: Garage;
  attention?: Attention | null;
  gone?: {
    stations?: string[];
    connectors?: [string, number][];
    spots?: number[];
    sessions?: number[];
  };
}

const FIRST_PAUSE = 500;
const LONGEST_PAUSE = 4_000;
const NOT_ALLOWED = 1008;

class Live {
  stations = new SvelteMap<string, LiveStation>();
  connectors = new SvelteMap<string, LiveConnector>();
  spots = new SvelteMap<number, LiveSpot>();
  sessions = new SvelteMap<number, LiveSession>();
  garage = $state.raw<Garage | null>(null);
  attention = $state.raw<Attention | null>(null);
  /** Whether what is shown is what the server last said. */
  isFresh = $state(false);
  /** Whether anything was told yet. */
  isTold = $state(false);
  /** When the server last told something. */
  toldAt = $state<number | null>(null);

  #socket: WebSocket | null = null;
  #number = 0;
  #pause = FIRST_PAUSE;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #isWanted = false;

  /** Keep a line to the server until `close`. */
  open(): void {
    this.#isWanted = true;
    document.addEventListener("visibilitychange", this.#onVisibility);
    window.addEventListener("online", this.#onVisibility);
    this.#connect();
  }

  close(): void {
    this.#isWanted = false;
    document.removeEventListener("visibilitychange", this.#onVisibility);
    window.removeEventListener("online", this.#onVisibility);
    this.#hangUp();
  }

  /** Ask for everything anew. */
  refresh(): void {
    if (this.#socket?.readyState === WebSocket.OPEN) {
      this.#socket.send(JSON.stringify({ type: "snapshot" }));
    }
  }

  #onVisibility = (): void => {
    if (document.hidden) {
      this.#hangUp();
    } else {
      this.#pause = FIRST_PAUSE;
      this.#connect();
    }
  };

  #hangUp(): void {
    clearTimeout(this.#timer);
    const socket = this.#socket;
    this.#socket = null;
    this.isFresh = false;
    socket?.close();
  }

  #connect(): void {
    clearTimeout(this.#timer);
    if (!this.#isWanted || this.#socket !== null || document.hidden) return;
    const socket = new WebSocket(`${location.origin.replace(/^http/, "ws")}/api/v1/live`);
    this.#socket = socket;
    socket.onmessage = (event) => {
      if (this.#socket === socket) this.#take(JSON.parse(String(event.data)) as Message);
    };
    socket.onclose = (event) => {
      if (this.#socket !== socket) return;
      this.#socket = null;
      this.isFresh = false;
      if (event.code === NOT_ALLOWED) void askWhoIAm();
      this.#timer = setTimeout(() => void this.#again(), this.#pause);
      this.#pause = Math.min(this.#pause * 2, LONGEST_PAUSE);
    };
  }

  /** Before a lost line is made again, see whether this person may still have one. */
  async #again(): Promise<void> {
    try {
      const answer = await fetch("/api/v1/me");
      if (answer.status === 401) {
        await askWhoIAm();
        return;
      }
    } catch {
      // Nobody answers: the attempt below fails too, and is made again.
    }
    this.#connect();
  }

  #take(message: Message): void {
    if (message.type === "snapshot") {
      this.stations.clear();
      this.connectors.clear();
      this.spots.clear();
      this.sessions.clear();
      this.attention = message.attention ?? null;
    } else if (message.number !== this.#number + 1) {
      this.refresh();
      return;
    }
    this.#number = message.number;
    setTime(message.at);
    for (const each of message.stations ?? []) this.stations.set(each.id, each);
    for (const each of message.connectors ?? []) {
      this.connectors.set(keyOf(each.station_id, each.connector_id), each);
    }
    for (const each of message.spots ?? []) this.spots.set(each.id, each);
    for (const each of message.sessions ?? []) this.sessions.set(each.id, each);
    if (message.garage) this.garage = message.garage;
    if (message.attention) this.attention = message.attention;
    for (const each of message.gone?.stations ?? []) this.stations.delete(each);
    for (const each of message.gone?.connectors ?? []) this.connectors.delete(keyOf(...each));
    for (const each of message.gone?.spots ?? []) this.spots.delete(each);
    for (const each of message.gone?.sessions ?? []) this.sessions.delete(each);
    this.#pause = FIRST_PAUSE;
    this.toldAt = Date.now();
    this.isFresh = true;
    this.isTold = true;
  }
}

function keyOf(stationId: string, connectorId: number): string {
  return `${stationId} ${connectorId}`;
}

export const live = new Live();
