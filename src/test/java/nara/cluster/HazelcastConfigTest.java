package nara.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import com.hazelcast.config.ClassFilter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A member listens where it is told, and accepts only known classes. */
class HazelcastConfigTest {
  private final ClassFilter allowed =
      HazelcastConfig.of(ClusterConfig.standalone(), "node")
          .getSerializationConfig()
          .getJavaSerializationFilterConfig()
          .getWhitelist();

  @ParameterizedTest
  @ValueSource(
      strings = {
        "java.lang.Long",
        "java.util.HashMap",
        "java.io.IOException",
        "[Ljava.lang.StackTraceElement;",
        "com.hazelcast.core.OperationTimeoutException",
        "nara.bus.UnavailableException",
      })
  void plain_classes_may_be_deserialised(String name) {
    assertThat(allowed.isListed(name)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "java.lang.reflect.Proxy",
        "java.lang.invoke.SerializedLambda",
        "java.net.URL",
        "java.rmi.server.UnicastRemoteObject",
        "javax.management.BadAttributeValueExpException",
        "ch.qos.logback.core.rolling.RollingFileAppender",
        "com.fasterxml.jackson.databind.node.POJONode",
        "io.netty.buffer.ByteBuf",
      })
  void other_classes_may_not_be_deserialised(String name) {
    assertThat(allowed.isListed(name)).isFalse();
  }

  @ParameterizedTest
  @ValueSource(strings = {"10.0.0.1", "fd7a::1", "machine.example"})
  void member_outside_loopback_needs_a_decision(String host) {
    ClusterConfig exposed = ClusterConfig.standalone().withAddress(host, 7435);

    assertThat(exposed.exposure())
        .hasValueSatisfying(
            sentence -> assertThat(sentence).contains(host, "WireGuard", "cluster.insecure"));
  }

  @Test
  void member_on_loopback_needs_none() {
    assertThat(ClusterConfig.standalone().exposure()).isEmpty();
    assertThat(ClusterConfig.standalone().withAddress("localhost", 1).exposure()).isEmpty();
    assertThat(ClusterConfig.standalone().withAddress("::1", 1).exposure()).isEmpty();
  }
}
