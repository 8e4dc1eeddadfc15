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

/**
 * What an MQTT client is created with in place of Vert.x itself, so that its connections have an
 * {@link OversizedPublishFilter} before their decoder. The client makes its own connections and
 * offers no other place to reach them, so this uses what Vert.x keeps for extensions.
 */
final class SizeLimitedVertx extends VertxWrapper {
  private final int maxBytes;
  private final Runnable onDropped;

  /** See {@link OversizedPublishFilter} for the bound and the callback. */
  SizeLimitedVertx(Vertx vertx, int maxBytes, Runnable onDropped) {
    super((VertxInternal) vertx);
    this.maxBytes = maxBytes;
    this.onDropped = onDropped;
  }

  @Override
  public NetClient createNetClient(NetClientOptions options) {
    return new SizeLimitedNetClient(super.createNetClient(options));
  }

  private NetSocket withFilter(NetSocket socket) {
    ((NetSocketInternal) socket)
        .channelHandlerContext()
        .pipeline()
        // The decoder is put at this same place, later, and so comes after.
        .addBefore("handler", "oversized", new OversizedPublishFilter(maxBytes, onDropped));
    return socket;
  }

  private final class SizeLimitedNetClient implements NetClient {
    private final NetClient client;

    SizeLimitedNetClient(NetClient client) {
      this.client = client;
    }

    @Override
    public Future<NetSocket> connect(int port, String host) {
      return client.connect(port, host).map(SizeLimitedVertx.this::withFilter);
    }

    @Override
    public Future<NetSocket> connect(int port, String host, String serverName) {
      return client.connect(port, host, serverName).map(SizeLimitedVertx.this::withFilter);
    }

    @Override
    public Future<NetSocket> connect(SocketAddress remote) {
      return client.connect(remote).map(SizeLimitedVertx.this::withFilter);
    }

    @Override
    public Future<NetSocket> connect(SocketAddress remote, String serverName) {
      return client.connect(remote, serverName).map(SizeLimitedVertx.this::withFilter);
    }

    @Override
    public Future<NetSocket> connect(ConnectOptions options) {
      return client.connect(options).map(SizeLimitedVertx.this::withFilter);
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
