package nara.simulation.machine;

import io.netty.channel.Channel;
import io.netty.channel.ChannelFactory;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.ServerChannel;
import io.netty.channel.socket.DatagramChannel;
import io.netty.channel.socket.InternetProtocolFamily;
import io.vertx.core.spi.transport.Transport;
import java.util.concurrent.ThreadFactory;

/** The sockets of one host, for its Vert.x. */
record SimulatedTransport(SimulatedHost host) implements Transport {
  @Override
  public EventLoopGroup eventLoopGroup(
      int type, int threads, ThreadFactory threadFactory, int ioRatio) {
    return host.loop();
  }

  @Override
  public ChannelFactory<? extends Channel> channelFactory(boolean domainSocket) {
    return () -> new SimulatedChannel(null, host);
  }

  @Override
  public ChannelFactory<? extends ServerChannel> serverChannelFactory(boolean domainSocket) {
    return () -> new SimulatedServerChannel(host);
  }

  @Override
  public IoHandlerFactory ioHandlerFactory() {
    throw new UnsupportedOperationException();
  }

  @Override
  @Deprecated
  public DatagramChannel datagramChannel(InternetProtocolFamily family) {
    throw new UnsupportedOperationException();
  }

  @Override
  public ChannelFactory<? extends DatagramChannel> datagramChannelFactory() {
    throw new UnsupportedOperationException();
  }
}
