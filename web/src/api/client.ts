// The API with the types of its own document. Every change repeats the session's second token, and carries a key so
// that sending it twice does it once.
import createClient, { type Middleware } from "openapi-fetch";
import type { components, paths } from "./schema";

export type Schemas = components["schemas"];
export type Problem = Schemas["Problem"];

export const session: { current: Schemas["SessionView"] | null } = { current: null };

/** Where a signed-out answer leads; the router sets it. */
export const signedOut = { go: () => {} };

export function language(): "zh-CN" | "en" {
  return localStorage.getItem("language") === "en" ? "en" : "zh-CN";
}

/** The headers that every request of ours carries. */
export function headers(method: string): Record<string, string> {
  const own: Record<string, string> = { "Accept-Language": language() };
  if (method !== "GET" && session.current) {
    own["X-CSRF-Token"] = session.current.csrf;
    own["Idempotency-Key"] = crypto.randomUUID?.() ?? `${Date.now()}-${Math.random()}`;
  }
  return own;
}

const ours: Middleware = {
  onRequest({ request }) {
    for (const [name, value] of Object.entries(headers(request.method))) request.headers.set(name, value);
    return request;
  },
  onResponse({ response, request }) {
    if (response.status === 401 && !request.url.endsWith("/api/session")) signedOut.go();
    return response;
  },
};

export const api = createClient<paths>({ baseUrl: "" });
api.use(ours);

/** The data of an answer, or its problem as an error. */
export async function told<T>(answer: Promise<{ data?: T; error?: unknown; response: Response }>): Promise<T> {
  const { data, error, response } = await answer;
  if (!response.ok) throw new Error(detail(error) ?? `${response.status}`);
  return data as T;
}

/** The data of an answer together with its version. */
export async function versioned<T>(
  answer: Promise<{ data?: T; error?: unknown; response: Response }>,
): Promise<{ data: T; version: string }> {
  const known = await answer;
  return { data: await told(Promise.resolve(known)), version: known.response.headers.get("etag") ?? "" };
}

export function detail(error: unknown): string | undefined {
  return (error as Problem | undefined)?.detail;
}

/** Sends bytes or a form, which the typed client does not. */
export async function send(path: string, body: BodyInit, more: Record<string, string> = {}): Promise<Response> {
  const response = await fetch(path, { method: "POST", body, headers: { ...headers("POST"), ...more } });
  if (response.status === 401) signedOut.go();
  if (!response.ok) throw new Error(detail(await response.json().catch(() => undefined)) ?? `${response.status}`);
  return response;
}

/** Saves an answer as a file. */
export async function save(response: Response | Promise<Response>, name: string): Promise<void> {
  const known = await response;
  if (!known.ok) throw new Error(detail(await known.json().catch(() => undefined)) ?? `${known.status}`);
  const link = document.createElement("a");
  link.href = URL.createObjectURL(await known.blob());
  link.download = name;
  link.click();
  URL.revokeObjectURL(link.href);
}

export function fetched(path: string): Promise<Response> {
  return fetch(path, { headers: headers("GET") });
}
