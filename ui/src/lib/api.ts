// The REST API, typed from its own description; what goes wrong comes back as one problem.

import createClient, { type Middleware } from "openapi-fetch";
import type { paths } from "./schema.d.ts";
import { t } from "./i18n.svelte.ts";
import { inWords, wordsReady } from "./sentences.svelte.ts";

export interface FieldFault {
  field: string;
  sentence: string;
}

/** What the API answered instead of what was asked: a sentence, and faults by field. */
export class Problem extends Error {
  constructor(
    readonly status: number,
    readonly sentence: string,
    readonly code: string = "",
    readonly faults: FieldFault[] = [],
    readonly document: unknown = null,
  ) {
    super(sentence);
  }

  /** The fault of one field, if it has one. */
  of(field: string): string | undefined {
    return this.faults.find((each) => each.field === field)?.sentence;
  }
}

let csrf = "";
let onSignedOut: () => void = () => undefined;

/** The token that proves that a change comes from this page. */
export function useCsrf(token: string): void {
  csrf = token;
}

/** Call this when the API says that nobody is signed in any more. */
export function whenSignedOut(act: () => void): void {
  onSignedOut = act;
}

const proves: Middleware = {
  onRequest({ request }) {
    if (request.method !== "GET" && csrf) request.headers.set("X-CSRF-Token", csrf);
    return request;
  },
};

/** Lists come as CSV, too; the pages ask for JSON. */
export const api = createClient<paths, "application/json">({ baseUrl: "/api/v1" });
api.use(proves);

interface Answer<T> {
  data?: T;
  error?: unknown;
  response: Response;
}

/** Return what was asked for; throws a Problem otherwise. */
export async function got<T>(asked: Promise<Answer<T>>): Promise<T> {
  let answer: Answer<T>;
  try {
    answer = await asked;
  } catch {
    throw new Problem(0, t("problem.unreachable"));
  }
  if (answer.response.ok) return answer.data as T;
  if (answer.response.status === 401) onSignedOut();
  await wordsReady();
  throw problemOf(answer.response.status, answer.error);
}

/** The sentence of whatever was thrown. */
export function sentenceOf(thrown: unknown): string {
  return thrown instanceof Problem ? thrown.sentence : t("problem.unexpected");
}

function problemOf(status: number, document: unknown): Problem {
  const told = (document ?? {}) as {
    detail?: string;
    title?: string;
    code?: string;
    errors?: { field?: string; detail?: string }[];
  };
  const errors = (told.errors ?? []).map((each) => ({ field: each.field ?? "", sentence: each.detail ?? "" }));
  const faults = errors.map((each) => ({ ...each, sentence: inWords(each.sentence) }));
  const detail = told.detail ?? told.title;
  const isList = detail !== undefined && detail === listed(errors);
  const sentence = isList ? listed(faults) : detail === undefined ? t("problem.unexpected") : inWords(detail);
  return new Problem(status, sentence, told.code ?? "", faults, document);
}

/** All faults in one text, as the API puts them together. */
function listed(faults: FieldFault[]): string {
  return faults.map((each) => `${each.field}: ${each.sentence}`).join(" ");
}

/** Ask for something whose path is only known now; throws a Problem as `got` does. */
export async function sent(method: string, path: string, body?: object): Promise<unknown> {
  const text = body === undefined ? undefined : JSON.stringify(body);
  return sentText(method, path, text, "application/json");
}

/** As `sent`, with a body that is no JSON. */
export async function sentText(method: string, path: string, body: string | Blob | undefined, kind: string): Promise<unknown> {
  const headers: Record<string, string> = method === "GET" ? {} : { "X-CSRF-Token": csrf };
  if (body !== undefined) headers["Content-Type"] = kind;
  const asked = fetch(`/api/v1${path}`, { method, headers, ...(body === undefined ? {} : { body }) }).then(async (response) => {
    const text = await response.text();
    const read: unknown = text === "" ? null : JSON.parse(text);
    return response.ok ? { data: read, response } : { error: read, response };
  });
  return got(asked);
}
