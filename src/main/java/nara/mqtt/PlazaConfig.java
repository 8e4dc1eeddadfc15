package nara.mqtt;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/**
 * How this node uses the plaza.
 *
 * @param url of the broker, as {@link BrokerUrl} reads it; empty: no plaza
 * @param user or empty
 * @param password or empty; never printed
 * @param readOnly whether to publish nothing: no announcements, requests or responses
 * @param announceJitter the longest random wait before the first announcement after connecting
 * @param announceEvery the shortest time between two announcements
 * @param howdyWait the longest random wait before the howdy to an announcement
 * @param reconnectMin the shortest wait before reconnecting
 * @param reconnectMax the longest wait before reconnecting
 * @param maxMessageBytes the size limit of one MQTT message, sent or received
 * @param tls for a URL with TLS
 */
public record PlazaConfig(
    String url,
    String user,
    String password,
    boolean readOnly,
    Duration announceJitter,
    Duration announceEvery,
    Duration howdyWait,
    Duration reconnectMin,
    Duration reconnectMax,
    int maxMessageBytes,
    Tls tls) {

  /**
   * How TLS is used.
   *
   * @param authority a PEM file with the authorities to trust instead of the usual ones
   * @param insecure whether to trust any certificate
   * @param certificate a PEM file with this node's certificate, for brokers that ask for one
   * @param key a PEM file with its private key
   */
  public record Tls(
      Optional<Path> authority, boolean insecure, Optional<Path> certificate, Optional<Path> key) {
    /** The usual authorities, and no certificate. */
    public static final Tls DEFAULT =
        new Tls(Optional.empty(), false, Optional.empty(), Optional.empty());
  }

  /** The reference's delays, without a broker. */
  public static PlazaConfig defaults() {
    return new PlazaConfig(
        "",
        "",
        "",
        false,
        Duration.ofSeconds(5),
        Duration.ofSeconds(5),
        Duration.ofSeconds(3),
        Duration.ofSeconds(5),
        Duration.ofSeconds(35),
        8 << 20,
        Tls.DEFAULT);
  }

  /** The host of the broker; the URL must not be empty. */
  public String brokerHost() {
    return BrokerUrl.parse(url).host();
  }

  /** Whether the connection is encrypted; the URL must not be empty. */
  public boolean usesTls() {
    return BrokerUrl.parse(url).tls();
  }

  /** The same with another broker. */
  public PlazaConfig withUrl(String newUrl) {
    return with(newUrl, announceJitter, tls);
  }

  /** The same without the random wait before an announcement. */
  public PlazaConfig withoutJitter() {
    return with(url, Duration.ZERO, tls);
  }

  /** The same with another use of TLS. */
  public PlazaConfig with(Tls newTls) {
    return with(url, announceJitter, newTls);
  }

  private PlazaConfig with(String newUrl, Duration newJitter, Tls newTls) {
    return new PlazaConfig(
        newUrl,
        user,
        password,
        readOnly,
        newJitter,
        announceEvery,
        howdyWait,
        reconnectMin,
        reconnectMax,
        maxMessageBytes,
        newTls);
  }

  @Override
  public String toString() {
    return "PlazaConfig[url=" + url + ", user=" + user + ", readOnly=" + readOnly + "]";
  }
}
