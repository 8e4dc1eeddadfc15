package nara.mqtt;

import java.time.Duration;

/**
 * How this node uses the plaza.
 *
 * @param url {@code mqtt://host:port} or {@code mqtts://host:port}; empty: no plaza
 * @param user or empty
 * @param password or empty; never printed
 * @param readOnly whether to send nothing at all: no announcements, no requests, no answers
 * @param announceJitter upper bound of the random wait before the first announcement after
 *     connecting
 * @param announceEvery least time between two announcements
 * @param howdyWait upper bound of the random wait before an announcement is answered
 * @param reconnectMin least wait before connecting again
 * @param reconnectMax most wait before connecting again
 * @param maxMessageBytes of one MQTT message, either way
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

  /** The reference's delays, and no broker. */
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

  /** The same, with another broker. */
  public PlazaConfig withUrl(String otherUrl) {
    return with(otherUrl, announceJitter);
  }

  /** The same, announcing without a random wait. */
  public PlazaConfig withoutJitter() {
    return with(url, Duration.ZERO);
  }

  private PlazaConfig with(String changedUrl, Duration changedJitter) {
    return new PlazaConfig(
        changedUrl,
        user,
        password,
        readOnly,
        changedJitter,
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
