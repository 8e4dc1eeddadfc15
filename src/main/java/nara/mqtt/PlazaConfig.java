package nara.mqtt;

import java.time.Duration;

/**
 * How this node uses the plaza.
 *
 * @param url {@code mqtt://host:port} or {@code mqtts://host:port}; empty: no plaza
 * @param user or empty
 * @param password or empty; never printed
 * @param readOnly whether to publish nothing: no announcements, requests or responses
 * @param announceJitter the longest random wait before the first announcement after connecting
 * @param announceEvery the shortest time between two announcements
 * @param howdyWait the longest random wait before the howdy to an announcement
 * @param reconnectMin the shortest wait before reconnecting
 * @param reconnectMax the longest wait before reconnecting
 * @param maxMessageBytes the size limit of one MQTT message, sent or received
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
    int maxMessageBytes) {

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
        8 << 20);
  }

  /** The host of the broker; the URL must not be empty. */
  public String brokerHost() {
    return BrokerUrl.parse(url).host();
  }

  /** The same with another broker. */
  public PlazaConfig withUrl(String newUrl) {
    return with(newUrl, announceJitter);
  }

  /** The same without the random wait before an announcement. */
  public PlazaConfig withoutJitter() {
    return with(url, Duration.ZERO);
  }

  private PlazaConfig with(String newUrl, Duration newJitter) {
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
        maxMessageBytes);
  }

  @Override
  public String toString() {
    return "PlazaConfig[url=" + url + ", user=" + user + ", readOnly=" + readOnly + "]";
  }
}
