/**
 * HTTP as bytes, for what `fetch` would tidy up or refuse to send: hostile
 * paths, odd methods, two Hosts.
 *
 * @module
 */

/** A response as it came. */
export interface RawResponse {
  readonly status: number;
  readonly headers: Headers;
  readonly body: string;
}

/**
 * Sends bytes to a server on loopback and reads until it closes.
 *
 * @param port Where the server listens.
 * @param request The whole request; `Connection: close` makes the server end.
 * @returns Everything that came back.
 */
export async function sendBytes(
  port: number,
  request: string | Uint8Array<ArrayBuffer>,
): Promise<string> {
  using conn = await Deno.connect({ hostname: "127.0.0.1", port });
  let rest = typeof request === "string"
    ? new TextEncoder().encode(request)
    : request;
  while (rest.length > 0) rest = rest.subarray(await conn.write(rest));
  const decoder = new TextDecoder();
  const buffer = new Uint8Array(64 * 1024);
  let text = "";
  for (let count; (count = await conn.read(buffer)) !== null;) {
    text += decoder.decode(buffer.subarray(0, count), { stream: true });
  }
  return text;
}

/**
 * Sends one request whose target is written exactly as given.
 *
 * @param port Where the server listens.
 * @param target The request target, e.g. `/a/../b`.
 * @param options Method, further headers, body.
 * @returns The response.
 */
export async function sendRequest(
  port: number,
  target: string,
  options: {
    method?: string;
    host?: string;
    headers?: Record<string, string>;
    body?: string;
  } = {},
): Promise<RawResponse> {
  const { method = "GET", host = `127.0.0.1:${port}`, body } = options;
  const headers = {
    host,
    connection: "close",
    ...(body === undefined
      ? {}
      : { "content-length": String(new TextEncoder().encode(body).length) }),
    ...options.headers,
  };
  const text = await sendBytes(
    port,
    `${method} ${target} HTTP/1.1\r\n` +
      Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`)
        .join("") +
      `\r\n${body ?? ""}`,
  );
  return parseResponse(text);
}

/** Reads one response; a chunked body is put together. */
export function parseResponse(text: string): RawResponse {
  const [head = "", ...rest] = text.split("\r\n\r\n");
  const [statusLine = "", ...lines] = head.split("\r\n");
  const headers = new Headers(
    lines.map((line): [string, string] => {
      const colon = line.indexOf(":");
      return [line.slice(0, colon), line.slice(colon + 1).trim()];
    }),
  );
  const body = rest.join("\r\n\r\n");
  return {
    status: Number(statusLine.split(" ")[1]),
    headers,
    body: headers.get("transfer-encoding") === "chunked"
      ? joinChunks(body)
      : body,
  };
}

function joinChunks(text: string): string {
  let out = "";
  let rest = text;
  while (rest !== "") {
    const lineEnd = rest.indexOf("\r\n");
    const length = parseInt(rest.slice(0, lineEnd), 16);
    if (!(length > 0)) break;
    out += rest.slice(lineEnd + 2, lineEnd + 2 + length);
    rest = rest.slice(lineEnd + 4 + length);
  }
  return out;
}
