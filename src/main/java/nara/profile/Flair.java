package nara.profile;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import nara.identity.GoRandom;
import nara.identity.Hashing;
import nara.identity.Identity;

/**
 * The emojis under a nara's name. The rules are the reference's; the emojis are this project's own,
 * but for the machines' marks, which everybody knows.
 */
public final class Flair {
  /** One of these by soul and name. */
  private static final List<String> GEMS =
      List.of("🔶", "🔷", "🪨", "🐚", "⚜️", "🌐", "🧿", "🪩", "🏮", "🪷", "🫧", "🌙", "☀️", "⭐");

  /** Of a nara whose soul is not bonded to its name. */
  private static final String UNBONDED = "🎭";

  /** Drawn by name; a sociable nara has more of them. */
  private static final List<String> POOL =
      List.of(
          "🥨", "🥑", "🍋", "🫐", "🍒", "🥝", "🌶️", "🥕", "🧄", "🍄", "🥥", "🍯", "🧀", "🥗", "🫖",
          "🧃");

  private static final String NAMED_LIKE_ITS_HOST = "🏠";
  private static final String TALKATIVE = "📣";
  private static final String BUSY = "🥵";
  private static final String IDLE = "😴";
  private static final String YOUNG = "🍼";
  private static final String BOOTING = "🛰️";
  private static final String FORMING_OPINIONS = "💭";

  private static final int TALKATIVE_FROM = 80;
  private static final double BUSY_FROM = 0.8;
  private static final double IDLE_TO = 0.1;
  private static final Duration YOUNG_UNTIL = Duration.ofHours(6);

  /** Sociability for each further emoji of the pool. */
  private static final int SOCIABILITY_STEP = 31;

  /** A distinction among all naras or those of the own neighbourhood. */
  public enum Award {
    OLDEST("🐢"),
    OLDEST_OF_BARRIO("🏅"),
    YOUNGEST("🌱"),
    YOUNGEST_OF_BARRIO("🐣"),
    MOST_RESTARTS("🔄"),
    /** There are others, but this nara does not know its own age yet. */
    AGE_UNKNOWN(FORMING_OPINIONS);

    private final String emoji;

    Award(String emoji) {
      this.emoji = emoji;
    }
  }

  /**
   * The part that changes with time.
   *
   * @param trendEmoji of the trend that the nara follows, or empty
   * @param awards in the order of the enum
   * @param booting whether its recovery has not finished
   */
  public record Moment(
      String trendEmoji,
      Set<Award> awards,
      long chattiness,
      double loadAvg,
      Duration uptime,
      boolean booting) {}

  private final String gem;
  private final String machine;
  private final String personal;

  Flair(Identity me, Set<String> machineMarks, boolean namedLikeItsHost) {
    this.gem = me.bonded() ? gem(me) : UNBONDED;
    this.machine = (namedLikeItsHost ? NAMED_LIKE_ITS_HOST : "") + String.join("", machineMarks);
    this.personal = personal(me);
  }

  /** The flair of a nara on this machine. Reads a few small files. */
  public static Flair onThisMachine(Identity me, String hostName, Map<String, String> environment) {
    return new Flair(me, machineMarks(environment), me.name().equals(hostName));
  }

  private static Set<String> machineMarks(Map<String, String> environment) {
    Set<String> marks = new LinkedHashSet<>();
    if (isRaspberryPi()) {
      marks.add("🍓");
    }
    if (Files.exists(Path.of("/etc/nixos"))) {
      marks.add("❄️");
    }
    if (environment.containsKey("KUBERNETES_SERVICE_HOST")) {
      marks.add("🐳");
    }
    return marks;
  }

  private static boolean isRaspberryPi() {
    try {
      return Files.readString(Path.of("/proc/device-tree/model")).contains("Raspberry Pi");
    } catch (IOException none) {
      return false;
    }
  }

  private static String gem(Identity me) {
    byte[] text = (me.name() + me.soul().encoded()).getBytes(StandardCharsets.UTF_8);
    long hash = ByteBuffer.wrap(Hashing.sha256(text)).getLong();
    return GEMS.get((int) Long.remainderUnsigned(hash, GEMS.size()));
  }

  private static String personal(Identity me) {
    byte[] name = me.name().getBytes(StandardCharsets.UTF_8);
    GoRandom random = GoRandom.seeded(ByteBuffer.wrap(Hashing.sha256(name)).getLong());
    StringBuilder drawn = new StringBuilder();
    for (int i = 0; i <= me.personality().sociability() / SOCIABILITY_STEP; i++) {
      drawn.append(POOL.get(random.intn(POOL.size())));
    }
    return drawn.toString();
  }

  /** The flair now. */
  String at(Moment now) {
    StringBuilder flair = new StringBuilder(gem).append(machine);
    flair.append(now.trendEmoji()).append(personal);
    for (Award award : Award.values()) {
      flair.append(now.awards().contains(award) ? award.emoji : "");
    }
    flair.append(now.chattiness() >= TALKATIVE_FROM ? TALKATIVE : "");
    flair.append(now.loadAvg() >= BUSY_FROM ? BUSY : now.loadAvg() <= IDLE_TO ? IDLE : "");
    flair.append(now.uptime().compareTo(YOUNG_UNTIL) < 0 ? YOUNG : "");
    return flair.append(now.booting() ? BOOTING : "").toString();
  }
}
