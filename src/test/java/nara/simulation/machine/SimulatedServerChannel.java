package nara.simulation.machine;

import io.netty.channel.AbstractServerChannel;
import io.netty.channel.ChannelConfig;
import io.netty.channel.EventLoop;
import java.net.InetSocketAddress;
import java.net.SocketAddress;

/** A listening socket. */
final class SimulatedServerChannel extends AbstractServerChannel {
  private final SimulatedHost host;
  private final ChannelConfig config = new SimulatedChannelConfig(this);
  private InetSocketAddress local;
  private boolean open = true;

  SimulatedServerChannel(SimulatedHost host) {
    this.host = host;
  }

  /** Accepts a connection, on the event loop. */
  void accept(SimulatedChannel child) {
    pipeline().fireChannelRead(child);
    pipeline().fireChannelReadComplete();
  }

  SimulatedHost host() {
    return host;
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
    return open && local != null;
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
  protected void doBind(SocketAddress address) throws Exception {
    local = host.network().bind(this, (InetSocketAddress) address);
  }

  @Override
  protected void doClose() {
    open = false;
    if (local != null) {
      host.network().unbind(this, local);
    }
  }

  @Override
  protected void doBeginRead() {}
}
