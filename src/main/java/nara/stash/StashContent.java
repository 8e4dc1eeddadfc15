package nara.stash;

import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.Optional;
import nara.event.json.JsonFields;
import nara.event.json.JsonRecord;
import nara.event.json.JsonSpans.MalformedJsonException;
import nara.event.json.JsonWriter;
import nara.stash.wire.StashLimits;

/**
 * The plaintext of this node's own stash: secret. A text in another form is the data of a reference
 * node that had the same soul. Times are Unix seconds.
 *
 * @param data what the operator keeps; empty when nothing is set
 * @param dataWrittenAt when the operator set the data; 0 when it was never set
 * @param writtenAt when this content was made
 */
record StashContent(
    Optional<byte[]> data, long dataWrittenAt, long writtenAt, Essentials essentials) {
  static final StashContent EMPTY = new StashContent(Optional.empty(), 0, 0, Essentials.NONE);

  private static final String FORMAT = "nara:stash:v1";
  private static final JsonFields FIELDS =
      new JsonFields(StashLimits.CIPHERTEXT_BYTES, true)
          .texts("format", "data")
          .numbers("data_written", "written")
          .object("essentials", Essentials.fields());

  /** Whether there is anything to keep. */
  boolean isEmpty() {
    return data.isEmpty() && dataWrittenAt == 0 && essentials.equals(Essentials.NONE);
  }

  StashContent withData(byte[] newData, Instant now) {
    long time = Math.max(now.getEpochSecond(), dataWrittenAt + 1);
    return new StashContent(Optional.of(newData.clone()), time, after(now), essentials);
  }

  StashContent withEssentials(Essentials newer, Instant now) {
    return new StashContent(data, dataWrittenAt, after(now), newer);
  }

  /** A time that no earlier version of this content has. */
  private long after(Instant now) {
    return Math.max(now.getEpochSecond(), writtenAt + 1);
  }

  /**
   * This content with what another version adds: the newer data, and neighbours that this one does
   * not have. It is this very object when the other adds nothing.
   */
  StashContent mergedWith(StashContent other, Instant now) {
    Essentials both = essentials.mergedWith(other.essentials, now);
    boolean otherData = other.dataWrittenAt > dataWrittenAt;
    if (!otherData && both.isMuchLike(essentials)) {
      return this;
    }
    StashContent newer = otherData ? other : this;
    boolean isOther = otherData && both.isMuchLike(other.essentials);
    long written = isOther ? other.writtenAt : Math.max(after(now), other.writtenAt + 1);
    return new StashContent(
        newer.data, newer.dataWrittenAt, written, isOther ? other.essentials : both);
  }

  byte[] plaintext() {
    JsonWriter out = JsonWriter.begin().text("format", FORMAT).number("written", writtenAt);
    data.ifPresent(bytes -> out.text("data", Base64.getEncoder().encodeToString(bytes)));
    return out.optional("data_written", dataWrittenAt)
        .object("essentials", essentials::write)
        .end()
        .toBytes();
  }

  /**
   * Reads a plaintext; any bytes are one.
   *
   * @param storedAt by the confidant: the time of a text in another form
   */
  static StashContent read(byte[] plaintext, long storedAt) {
    try {
      JsonRecord json = FIELDS.read(plaintext);
      if (json.text("format").equals(FORMAT)) {
        String data = json.text("data");
        boolean isSet = json.number("data_written") > 0;
        return new StashContent(
            isSet ? Optional.of(Base64.getDecoder().decode(data)) : Optional.empty(),
            json.number("data_written"),
            json.number("written"),
            Essentials.of(json.object("essentials")));
      }
    } catch (MalformedJsonException | IllegalArgumentException otherForm) {
      // The data of another program.
    }
    return new StashContent(
        Optional.of(plaintext.clone()), Math.max(1, storedAt), storedAt, Essentials.NONE);
  }

  /** Without the secret. */
  @Override
  public String toString() {
    return "StashContent[written=" + writtenAt + ']';
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof StashContent content && Arrays.equals(plaintext(), content.plaintext());
  }

  @Override
  public int hashCode() {
    return Long.hashCode(writtenAt);
  }
}
