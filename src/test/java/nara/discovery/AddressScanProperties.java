package nara.discovery;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.util.HashSet;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

class AddressScanProperties {
  @Property(tries = 60)
  void scan_visits_each_address_of_the_range_once(
      @ForAll int address, @ForAll @IntRange(min = 16, max = 32) int prefix) {
    String cidr = dotted(address) + "/" + prefix;
    AddressScan scan = AddressScan.of(cidr, 7433);
    List<String> all = AddressScanTest.all(scan);

    long size = 1L << (32 - prefix);
    assertThat(all).hasSize((int) (prefix <= 30 ? size - 2 : size));
    assertThat(new HashSet<>(all)).hasSameSizeAs(all);
    int mask = (int) -size;
    assertThat(all).allMatch(each -> (bits(each) & mask) == (address & mask));
    if (prefix <= 30) {
      assertThat(all).noneMatch(each -> (bits(each) & ~mask) == 0 || (bits(each) | mask) == -1);
    }
  }

  private static String dotted(int address) {
    return "%d.%d.%d.%d"
        .formatted(address >>> 24, address >>> 16 & 255, address >>> 8 & 255, address & 255);
  }

  private static int bits(String address) {
    try {
      String host = address.substring(0, address.indexOf(':'));
      return ByteBuffer.wrap(InetAddress.getByName(host).getAddress()).getInt();
    } catch (UnknownHostException notAnAddress) {
      throw new AssertionError(notAnAddress);
    }
  }
}
