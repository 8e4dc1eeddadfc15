package nara.mqtt;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.internal.VertxInternal;
import io.vertx.core.internal.VertxWrapper;
import io.vertx.core.internal.net.NetSocketInternal;
import io.vertx.core.net.ClientSSLOptions;
import io.vertx.core.net.ConnectOptions;
import io.vertx.core.net.NetClient;
import io.vertx.core.net.NetClientOptions;
import io.vertx.core.net.NetSocket;
import io.vertx.core.net.SocketAddress;
import java.time.Duration;
import java.util.function.Function;

/**
 * Wraps Vert.x for an MQTT client, and adds an {@link OversizedPublishFilter} before the decoder of
 * each connection. The MQTT client has no option for this, so it uses a Vert.x extension point.
 */
final class SizeLimitedVertx extends VertxWrapper {
  private final int maxBytes;
  private final Runnable onDropped;
  private final String address;

  /**
   * @param address the IP address to connect to, whatever host the client names
   */
  SizeLimitedVertx(Vertx vertx, int maxBytes, Runnable onDropped, String address) {
    super((VertxInternal) vertx);
    this.maxBytes = maxBytes;
    this.onDropped = onDropped;
    this.address = address;
  }

  @Override
  public NetClient createNetClient(NetClientOptions options) {
    return new FilteringClient(
        super.createNetClient(options), this::filtered, address, options.isSsl());
  }

  private NetSocket filtered(NetSocket socket) {
    ((NetSocketInternal) socket)
        .channelHandlerContext()
        .pipeline()
        // The client adds its decoder at the same place later, so the decoder comes after.
        .addBefore("handler", "oversized", new OversizedPublishFilter(maxBytes, onDropped));
    return socket;
  }

  private record FilteringClient(
      NetClient client, Function<NetSocket, NetSocket> filter, String address, boolean tls)
      implements NetClient {
    @Override
    public Future<NetSocket> connect(int port, String host) {
      return connect(port, host, null);
    }

    @Override
    public Future<NetSocket> connect(int port, String host, String serverName) {
      // The certificate is checked against the host, not against the address.
      return connect(
          new ConnectOptions()
              .setHost(host)
              .setPort(port)
              .setSsl(tls)
              .setSniServerName(serverName)
              .setRemoteAddress(SocketAddress.inetSocketAddress(port, address)));
    }

    @Override
    public Future<NetSocket> connect(SocketAddress remote) {
      return client.connect(remote).map(filter);
    }

    @Override
    public Future<NetSocket> connect(SocketAddress remote, String serverName) {
      return client.connect(remote, serverName).map(filter);
    }

    @Override
    public Future<NetSocket> connect(ConnectOptions options) {
      return client.connect(options).map(filter);
    }

    @Override
    public Future<Void> shutdown(Duration timeout) {
      return client.shutdown(timeout);
    }

    @Override
    public Future<Boolean> updateSSLOptions(ClientSSLOptions options, boolean force) {
      return client.updateSSLOptions(options, force);
    }
  }
}
