package nara.testing;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import nara.event.Chau;
import nara.event.HeyThere;
import nara.event.Payload;
import nara.event.ReadResult;
import nara.event.Social;
import nara.event.json.EventReader;
import nara.event.json.EventWriter;
import nara.identity.Identity;
import nara.identity.PublicKey;
import nara.identity.Soul;

/** Somebody who signs events, made from a name alone, so that every run has the same people. */
public record Citizen(Identity identity) {
  private static final EventReader READER = new EventReader();

  /** The citizen of that name. */
  public static Citizen named(String name) {
    return of(name, "citizen " + name);
  }

  /** Another one who uses the name of somebody, with a key of its own. */
  public static Citizen impostor(String name) {
    return of(name, "impostor " + name);
  }

  private static Citizen of(String name, String seedText) {
    try {
      byte[] seed =
          MessageDigest.getInstance("SHA-256").digest(seedText.getBytes(StandardCharsets.UTF_8));
      return new Citizen(Identity.of(name, Soul.forName(seed, name)));
    } catch (NoSuchAlgorithmException missing) {
      throw new IllegalStateException(missing);
    }
  }

  public String name() {
    return identity.name();
  }

  public String id() {
    return identity.id();
  }

  public PublicKey key() {
    return identity.keys().publicKey();
  }

  /** The JSON of a signed event. */
  public byte[] signed(long ts, Payload payload) {
    return EventWriter.writeSigned(identity, ts, payload);
  }

  /** The JSON of an event that nobody signed. */
  public static byte[] unsigned(long ts, Payload payload) {
    return EventWriter.writeUnsigned(ts, payload);
  }

  public byte[] heyThere(long ts, String address) {
    return signed(ts, new HeyThere(name(), key().encoded(), address, id(), ""));
  }

  public byte[] chau(long ts) {
    return signed(ts, new Chau(name(), key().encoded(), id(), ""));
  }

  public byte[] tease(long ts, String target) {
    return signed(ts, new Social("tease", name(), id(), target, "", "random", ""));
  }

  /** Reads what is expected to be readable. */
  public static ReadResult.ParsedEvent read(byte[] json) {
    return (ReadResult.ParsedEvent) READER.read(json);
  }
}
