/**
 * CORS: what pages of other origins may ask and read, for origins that were
 * named with `--cors`. Pure. The guard decides; these are the headers by which
 * a browser learns of it.
 *
 * @module
 */

/** What any page that may ask may send besides what is always allowed. */
const ALLOWED_HEADERS = "content-type, prefer";

/**
 * What a page of a named origin may send as well. Attack: with `--cors=*` any
 * page sends wrong tokens through its visitor's browser, until not even the
 * right one is looked at.
 */
const ALLOWED_HEADERS_NAMED = `authorization, ${ALLOWED_HEADERS}`;

/** What it may read of a response. */
const EXPOSED_HEADERS =
  "chi-code, chi-repaired, chi-status, chi-truncated, retry-after, server-timing";

/**
 * Whether pages of an origin may ask.
 *
 * @param origins The origins of `--cors`; `*` stands for all, to read.
 * @param origin The `Origin` of the request.
 * @param isRead Whether the request only reads.
 * @returns True if it is named, or if it reads and all may.
 */
export function isCorsOrigin(
  origins: readonly string[],
  origin: string,
  isRead: boolean,
): boolean {
  if (origins.includes(origin)) return true;
  // `null` is the origin of a sandboxed frame, which anybody can make.
  return isRead && origin !== "null" && origins.includes("*");
}

/**
 * Makes the headers by which a page of an allowed origin may read a response.
 *
 * @param origins The origins of `--cors`.
 * @param request The request's headers.
 * @returns Headers for the response.
 */
export function makeCorsHeaders(
  origins: readonly string[],
  request: Headers,
): Record<string, string> {
  if (origins.length === 0) return {};
  const origin = request.get("origin");
  if (origin === null || !isCorsOrigin(origins, origin, true)) {
    return { vary: "origin" };
  }
  return {
    "access-control-allow-origin": origin,
    "access-control-expose-headers": EXPOSED_HEADERS,
    vary: "origin",
  };
}

/**
 * Answers a preflight (the Fetch standard's CORS-preflight request).
 *
 * @param origins The origins of `--cors`.
 * @param request The request's headers.
 * @param allow The methods that the URL allows; pages of an origin that only
 * `*` stands for may not use POST, nor send a token.
 * @returns Headers for the response; none for what is no preflight or comes
 * from an origin that is not allowed.
 */
export function makePreflightHeaders(
  origins: readonly string[],
  request: Headers,
  allow: string,
): Record<string, string> {
  const origin = request.get("origin");
  const isPreflight = request.has("access-control-request-method");
  if (origin === null || !isPreflight || !isCorsOrigin(origins, origin, true)) {
    return {};
  }
  const isNamed = origins.includes(origin);
  const isForPrivateNetwork =
    request.get("access-control-request-private-network") === "true";
  return {
    "access-control-allow-methods": isNamed ? allow : "GET, HEAD",
    "access-control-allow-headers": isNamed
      ? ALLOWED_HEADERS_NAMED
      : ALLOWED_HEADERS,
    "access-control-max-age": "600",
    // Chromium asks this before a public page may reach a private address.
    ...(isNamed && isForPrivateNetwork
      ? { "access-control-allow-private-network": "true" }
      : {}),
  };
}
