package nara.simulation.machine;

import io.netty.channel.Channel;
import io.netty.channel.ChannelOption;
import io.netty.channel.DefaultChannelConfig;

/** Takes the options of real sockets, and ignores them. */
final class SimulatedChannelConfig extends DefaultChannelConfig {
  SimulatedChannelConfig(Channel channel) {
    super(channel);
  }

  @Override
  public <T> boolean setOption(ChannelOption<T> option, T value) {
    super.setOption(option, value);
    return true;
  }
}
