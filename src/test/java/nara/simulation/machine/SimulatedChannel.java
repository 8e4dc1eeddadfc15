package nara.simulation.machine;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.AbstractChannel;
import io.netty.channel.Channel;
import io.netty.channel.ChannelConfig;
import io.netty.channel.ChannelMetadata;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.ChannelPromise;
import io.netty.channel.ConnectTimeoutException;
import io.netty.channel.EventLoop;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.channels.ClosedChannelException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.TimeUnit;

/**
 * One end of a connection. Bytes arrive at the other end when the network delivers them; a sender
 * whose peer reads nothing has to stop at {@link #WINDOW} bytes.
 */
final class SimulatedChannel extends AbstractChannel {
  /** Bytes that are under way or not read yet. */
  private static final int WINDOW = 128 * 1024;

  private static final ChannelMetadata METADATA = new ChannelMetadata(false, 16);

  private final SimulatedHost host;
  private final ChannelConfig config = new SimulatedChannelConfig(this);
  private final Deque<byte[]> inbound = new ArrayDeque<>();
  private InetSocketAddress local;
  private InetSocketAddress remote;
  private Connection connection;
  private ChannelPromise connecting;
  private boolean open = true;
  private boolean connected;
  private boolean readPending;
  private boolean ended;
  private int unread;

  SimulatedChannel(Channel parent, SimulatedHost host) {
    super(parent);
    this.host = host;
  }

  SimulatedHost host() {
    return host;
  }

  /** The end that a server gets. */
  static SimulatedChannel accepted(
      SimulatedServerChannel server, InetSocketAddress remote, Connection connection) {
    SimulatedChannel channel = new SimulatedChannel(server, server.host());
    channel.local = (InetSocketAddress) server.localAddress();
    channel.remote = remote;
    channel.connection = connection;
    channel.connected = true;
    return channel;
  }

  // What the network tells; each on the event loop of this host.

  void onConnected(InetSocketAddress from, InetSocketAddress to, Connection established) {
    if (connecting == null || !open) {
      established.close(this);
      return;
    }
    local = from;
    remote = to;
    connection = established;
    connected = true;
    ChannelPromise promise = connecting;
    connecting = null;
    promise.trySuccess();
    pipeline().fireChannelActive();
  }

  void onRefused(IOException failure) {
    if (connecting != null) {
      ChannelPromise promise = connecting;
      connecting = null;
      promise.tryFailure(failure);
      unsafe().closeForcibly();
    }
  }

  void onBytes(byte[] bytes) {
    if (open) {
      inbound.add(bytes);
      unread += bytes.length;
      deliver();
    }
  }

  void onEnd() {
    ended = true;
    deliver();
  }

  void onReset() {
    if (open) {
      pipeline().fireExceptionCaught(new IOException("Connection reset by peer"));
      unsafe().close(voidPromise());
    }
  }

  /** The peer has read: there is room for more bytes. */
  void onRoom() {
    if (open) {
      unsafe().flush();
    }
  }

  private void deliver() {
    while (open && readPending && !inbound.isEmpty()) {
      readPending = false;
      byte[] bytes = inbound.poll();
      unread -= bytes.length;
      connection.onRead(this);
      pipeline().fireChannelRead(Unpooled.wrappedBuffer(bytes));
      // Asks for more, unless the application has paused.
      pipeline().fireChannelReadComplete();
    }
    if (open && readPending && ended) {
      unsafe().close(voidPromise());
    }
  }

  /** Bytes that wait for the application. */
  int unread() {
    return unread;
  }

  // Netty's part.

  @Override
  protected void doBeginRead() {
    readPending = true;
    if (!inbound.isEmpty() || ended) {
      eventLoop().execute(this::deliver);
    }
  }

  @Override
  protected void doWrite(ChannelOutboundBuffer out) throws Exception {
    for (Object message = out.current(); message != null; message = out.current()) {
      if (!connected) {
        throw new ClosedChannelException();
      }
      ByteBuf buffer = (ByteBuf) message;
      int room = Math.max(0, WINDOW - connection.underWay(this));
      int length = Math.min(buffer.readableBytes(), room);
      if (length == 0 && buffer.isReadable()) {
        return;
      }
      byte[] bytes = new byte[length];
      buffer.getBytes(buffer.readerIndex(), bytes);
      if (length > 0) {
        connection.send(this, bytes);
      }
      if (length == buffer.readableBytes()) {
        out.remove();
      } else {
        out.progress(length);
        buffer.skipBytes(length);
      }
    }
  }

  @Override
  protected void doClose() {
    open = false;
    connected = false;
    if (connection != null) {
      connection.close(this);
    }
    if (connecting != null) {
      connecting.tryFailure(new ClosedChannelException());
      connecting = null;
    }
    inbound.clear();
  }

  @Override
  protected void doDisconnect() {
    doClose();
  }

  @Override
  protected void doBind(SocketAddress address) {
    local = (InetSocketAddress) address;
  }

  @Override
  protected AbstractUnsafe newUnsafe() {
    return new AbstractUnsafe() {
      @Override
      public void connect(SocketAddress to, SocketAddress from, ChannelPromise promise) {
        if (!promise.setUncancellable() || !ensureOpen(promise)) {
          return;
        }
        connecting = promise;
        int timeout = config.getConnectTimeoutMillis();
        eventLoop()
            .schedule(
                () -> onRefused(new ConnectTimeoutException("no connection after " + timeout)),
                timeout,
                TimeUnit.MILLISECONDS);
        host.network().connect(SimulatedChannel.this, (InetSocketAddress) to);
      }
    };
  }

  @Override
  protected boolean isCompatible(EventLoop loop) {
    return loop instanceof SimulatedLoop;
  }

  @Override
  protected SocketAddress localAddress0() {
    return local;
  }

  @Override
  protected SocketAddress remoteAddress0() {
    return remote;
  }

  @Override
  public ChannelConfig config() {
    return config;
  }

  @Override
  public boolean isOpen() {
    return open;
  }

  @Override
  public boolean isActive() {
    return connected;
  }

  @Override
  public ChannelMetadata metadata() {
    return METADATA;
  }
}
