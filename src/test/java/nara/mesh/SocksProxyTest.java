package nara.mesh;

import static org.assertj.core.api.Assertions.assertThat;

import nara.mesh.wire.PeerAddress;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SocksProxyTest {
  @Test
  void url_has_an_address_and_perhaps_secrets() {
    assertThat(SocksProxy.parse("socks5://127.0.0.1:1055"))
        .contains(new SocksProxy(new PeerAddress("127.0.0.1", 1055), "", ""));
    assertThat(SocksProxy.parse("socks5://[::1]:1055/"))
        .contains(new SocksProxy(new PeerAddress("::1", 1055), "", ""));
    assertThat(SocksProxy.parse("socks5://ann:s%40fe:%€@proxy:9"))
        .contains(new SocksProxy(new PeerAddress("proxy", 9), "ann", "s@fe:%€"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "127.0.0.1:1055",
        "http://127.0.0.1:1055",
        "socks5h://127.0.0.1:1055",
        "socks5://127.0.0.1",
        "socks5://127.0.0.1:0",
        "socks5://127.0.0.1:1055/path",
        "socks5://ann@127.0.0.1:1055",
        "socks5://ann:@127.0.0.1:1055",
        "socks5://:secret@127.0.0.1:1055",
        "socks5://[fe80::1%eth0]:1055"
      })
  void other_texts_are_refused(String text) {
    assertThat(SocksProxy.parse(text)).isEmpty();
  }

  @Test
  void user_name_of_more_than_255_bytes_is_refused() {
    assertThat(SocksProxy.parse("socks5://" + "a".repeat(255) + ":b@h:1")).isPresent();
    assertThat(SocksProxy.parse("socks5://" + "a".repeat(256) + ":b@h:1")).isEmpty();
  }

  @Test
  void text_shows_neither_user_nor_password() {
    assertThat(SocksProxy.parse("socks5://ann:secret@127.0.0.1:1055").orElseThrow())
        .hasToString("socks5://***:***@127.0.0.1:1055");
  }

  @Test
  void peers_of_this_machine_are_reached_without_it() {
    SocksProxy proxy = SocksProxy.parse("socks5://127.0.0.1:1055").orElseThrow();
    assertThat(proxy.serves(new PeerAddress("100.64.0.1", 7433))).isTrue();
    assertThat(proxy.serves(new PeerAddress("bart", 7433))).isTrue();
    assertThat(proxy.serves(new PeerAddress("127.0.0.2", 7433))).isFalse();
    assertThat(proxy.serves(new PeerAddress("::1", 7433))).isFalse();
    assertThat(proxy.serves(new PeerAddress("localhost", 7433))).isFalse();
  }
}
