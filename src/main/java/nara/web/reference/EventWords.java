package nara.web.reference;

import nara.bounds.SafeText;
import nara.event.Chau;
import nara.event.Checkpoint;
import nara.event.Event;
import nara.event.HeyThere;
import nara.event.Observation;
import nara.event.Ping;
import nara.event.Seen;
import nara.event.Social;
import nara.social.TeaseReason;

/**
 * An event for people.
 *
 * @param icon an emoji
 * @param text what happened, in few words
 * @param detail more of it; may be empty
 */
public record EventWords(String icon, String text, String detail) {
  /** The words of an event. */
  public static EventWords of(Event event) {
    return switch (event.payload()) {
      case HeyThere h ->
          new EventWords(
              "👋",
              excerpt(h.from()) + " joined the network",
              h.meshIp().isEmpty() ? "hey there!" : "mesh: " + excerpt(h.meshIp()));
      case Chau c -> new EventWords("👋", excerpt(c.from()) + " left the network", "chau!");
      case Seen s ->
          new EventWords(
              "👀", excerpt(s.observer()) + " spotted " + excerpt(s.subject()), via(s.via()));
      case Ping p ->
          new EventWords(
              "🏓",
              excerpt(p.observer()) + " pinged " + excerpt(p.target()),
              Ping.oneDecimal(p.rtt()) + "ms");
      case Observation o -> ofObservation(o);
      case Social s ->
          new EventWords(
              icon(s.type()), excerpt(s.actor()) + " → " + excerpt(s.target()), detail(s));
      case Checkpoint c ->
          new EventWords(
              "📸",
              excerpt(c.subject()) + " checkpoint",
              "restarts: %d, uptime: %d s, voters: %d"
                  .formatted(
                      c.agreedValues().restarts(),
                      c.agreedValues().totalUptime(),
                      c.voterIds().size()));
    };
  }

  private static String excerpt(String text) {
    return SafeText.excerpt(text);
  }

  private static String via(String via) {
    return switch (via) {
      case "mesh" -> "on the mesh";
      case "ping" -> "by ping";
      case "sync" -> "while syncing";
      default -> "via " + excerpt(via);
    };
  }

  private static String icon(String type) {
    return switch (type) {
      case "tease" -> "😈";
      case "observed" -> "👀";
      case "gossip" -> "🗣️";
      default -> "💬";
    };
  }

  private static EventWords ofObservation(Observation o) {
    String subject = excerpt(o.subject());
    if (o.isBackfill() && o.type().equals(Observation.RESTART)) {
      // A backfill states the restarts before the event. No restart happened at its time.
      return new EventWords(
          "📜", subject + " is known from before", "restarts so far: " + o.restartNum());
    }
    return switch (o.type()) {
      case Observation.RESTART ->
          new EventWords(
              "🔄",
              subject + " restarted",
              o.restartNum() > 1 ? "restart #" + o.restartNum() : "first restart");
      case Observation.FIRST_SEEN ->
          new EventWords("✨", subject + " appeared", "seen for the first time");
      default ->
          switch (o.onlineState()) {
            case "ONLINE" -> new EventWords("🟢", subject + " came online", "");
            case "MISSING" -> new EventWords("❓", subject + " went missing", "");
            default -> new EventWords("🔴", subject + " went offline", "");
          };
    };
  }

  /** A tease as a sentence; the reason for other events and unknown reasons. */
  private static String detail(Social social) {
    String sentence =
        social.type().equals("tease")
            ? TeaseReason.sentence(social.reason(), excerpt(social.target()))
            : "";
    return sentence.isEmpty() ? excerpt(social.reason()) : sentence;
  }
}
