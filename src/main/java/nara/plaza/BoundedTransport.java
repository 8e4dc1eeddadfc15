package nara.plaza;

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
 * {@link OversizedMessages} before their decoder. The client makes its own connections and offers
 * no other place to reach them, so this uses what Vert.x keeps for extensions.
 */
final class BoundedTransport extends VertxWrapper {
  private final int mostBytes;
  private final Runnable onDropped;

  /** See {@link OversizedMessages} for the bound and the callback. */
  BoundedTransport(Vertx vertx, int mostBytes, Runnable onDropped) {
    super((VertxInternal) vertx);
    this.mostBytes = mostBytes;
    this.onDropped = onDropped;
  }

  @Override
  public NetClient createNetClient(NetClientOptions options) {
    return new Client(super.createNetClient(options));
  }

  private NetSocket bounded(NetSocket socket) {
    ((NetSocketInternal) socket)
        .channelHandlerContext()
        .pipeline()
        // The decoder is put at this same place, later, and so comes after.
        .addBefore("handler", "oversized", new OversizedMessages(mostBytes, onDropped));
    return socket;
  }

  private final class Client implements NetClient {
    private final NetClient client;

    Client(NetClient client) {
      this.client = client;
    }

    @Override
    public Future<NetSocket> connect(int port, String host) {
      return client.connect(port, host).map(BoundedTransport.this::bounded);
    }

    @Override
    public Future<NetSocket> connect(int port, String host, String serverName) {
      return client.connect(port, host, serverName).map(BoundedTransport.this::bounded);
    }

    @Override
    public Future<NetSocket> connect(SocketAddress remote) {
      return client.connect(remote).map(BoundedTransport.this::bounded);
    }

    @Override
    public Future<NetSocket> connect(SocketAddress remote, String serverName) {
      return client.connect(remote, serverName).map(BoundedTransport.this::bounded);
    }

    @Override
    public Future<NetSocket> connect(ConnectOptions options) {
      return client.connect(options).map(BoundedTransport.this::bounded);
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
