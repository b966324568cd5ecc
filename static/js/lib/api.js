/** Calls of the JSON API with the browser's session. */
import { csrfToken, root } from "lib/dom.js";

export class ApiError extends Error {
  constructor(status, body) {
    super(body.detail ?? `HTTP ${status}`);
    this.status = status;
    this.code = body.code ?? "error";
  }
}

/** Call `/api/<path>`; resolves to the parsed answer, or null where there is none. */
export async function call(method, path, body) {
  const response = await fetch(`${root()}api/${path}`, {
    method,
    headers: { "Content-Type": "application/json", Accept: "application/json", "X-CSRFToken": csrfToken() },
    body: body === undefined ? undefined : JSON.stringify(body),
  });
  const text = await response.text();
  const answer = text ? JSON.parse(text) : null;
  if (!response.ok) throw new ApiError(response.status, answer ?? {});
  return answer;
}
