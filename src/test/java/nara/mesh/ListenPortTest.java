package nara.mesh;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ListenPortTest {
  private final ListenPort listenPort = new ListenPort();

  @Test
  void node_on_all_interfaces_advertises_the_address_that_the_tailscale_daemon_tells() {
    MeshConfig all = MeshConfig.defaults().listeningOn("0.0.0.0", 7433);
    listenPort.set(7433);
    assertThat(listenPort.advertisedAddress(all)).isEmpty();

    listenPort.setFoundHost("100.64.0.1");
    assertThat(listenPort.advertisedAddress(all)).isEqualTo("100.64.0.1:7433");
    listenPort.setFoundHost("fd7a:115c:a1e0::1");
    assertThat(listenPort.advertisedAddress(all)).isEqualTo("[fd7a:115c:a1e0::1]:7433");
    assertThat(listenPort.advertisedAddress(MeshConfig.defaults().listeningOn("10.0.0.1", 7433)))
        .isEqualTo("10.0.0.1:7433");
  }

  @Test
  void loopback_behind_a_proxy_is_not_advertised() {
    MeshConfig direct = MeshConfig.defaults().listeningOn("127.0.0.1", 7433);
    MeshConfig proxied = TestMesh.withProxy(direct, "socks5://127.0.0.1:1055");
    listenPort.set(7433);
    assertThat(listenPort.advertisedAddress(direct)).isEqualTo("127.0.0.1:7433");
    assertThat(listenPort.advertisedAddress(proxied)).isEmpty();

    listenPort.setFoundHost("100.64.0.1");
    assertThat(listenPort.advertisedAddress(proxied)).isEqualTo("100.64.0.1:7433");
  }
}
