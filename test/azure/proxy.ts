import { createServer } from "node:http";
import net, { type AddressInfo } from "node:net";

/** A proxy as organizations have one. */
export type Proxy = {
  /** `host:port`. */
  readonly place: string;
  /** Every host and port that it was asked for. */
  readonly connected: readonly string[];
  readonly close: () => void;
};

/**
 * One that connects to `port` of this computer, whatever the host, for who has the password of `user`; `status`: it does not
 * connect at all.
 */
export async function startProxy(
  port: number,
  { status, password }: { readonly status?: number; readonly password?: string } = {},
): Promise<Proxy> {
  const connected: string[] = [];
  const proxy = createServer();
  proxy.on("connect", ({ url = "", headers }, socket) => {
    connected.push(url);
    const given = Buffer.from(headers["proxy-authorization"]?.slice("Basic ".length) ?? "", "base64").toString();
    const refusal = status ?? (password === undefined || given === `user:${password}` ? null : 407);
    if (refusal !== null) return socket.end(`HTTP/1.1 ${refusal} No\r\n\r\n`);
    const onward = net.connect(port, "127.0.0.1", () => {
      socket.write("HTTP/1.1 200 Connected\r\n\r\n");
      onward.pipe(socket).pipe(onward);
    });
    onward.on("error", () => socket.destroy());
    socket.on("error", () => onward.destroy());
  });
  await new Promise<void>((listening) => proxy.listen(0, "127.0.0.1", listening));
  return {
    place: `127.0.0.1:${(proxy.address() as AddressInfo).port}`,
    connected,
    close() {
      proxy.closeAllConnections();
      proxy.close();
    },
  };
}
