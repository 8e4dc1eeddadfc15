package nara.simulation.adversary;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import nara.event.Checkpoint;
import nara.event.Checkpoint.AgreedValues;
import nara.identity.Identity;

/** The text of a proposal or a vote, to be changed and signed anew. */
public record Ballot(String text) {
  /** The one with these bytes. */
  public Ballot(byte[] json) {
    this(new String(json, UTF_8));
  }

  /** The same with another number; its signature is wrong then. */
  public Ballot withNumber(String field, long number) {
    return new Ballot(text.replaceAll('"' + field + "\":-?\\d+", '"' + field + "\":" + number));
  }

  private Ballot withText(String field, String value) {
    return new Ballot(
        text.replaceAll(
            '"' + field + "\":\"[^\"]*\"",
            Matcher.quoteReplacement('"' + field + "\":\"" + value + '"')));
  }

  /** As a vote of somebody, with this id and its key. */
  public byte[] votedBy(Identity voter, String voterId) {
    String signature = voter.keys().signBase64(checkpoint().attestation(voterId).getBytes(UTF_8));
    String end = ",\"proposal_ts\":" + number("as_of_time") + ",\"approved\":false}";
    String vote =
        withText("attester", voter.name())
            .withText("attester_id", voterId)
            .withText("signature", signature)
            .text;
    return (vote.substring(0, vote.length() - 1) + end).getBytes(UTF_8);
  }

  /** As a proposal of somebody about itself, with this id and its key. */
  public byte[] proposedBy(Identity proposer, String id) {
    Ballot own =
        withText("subject", proposer.name())
            .withText("subject_id", id)
            .withText("attester", proposer.name())
            .withText("attester_id", id);
    byte[] signed = own.checkpoint().attestation(id).getBytes(UTF_8);
    return own.withText("signature", proposer.keys().signBase64(signed)).text.getBytes(UTF_8);
  }

  /** What it says, without the signatures. */
  public Checkpoint checkpoint() {
    return new Checkpoint(
        2,
        field("subject"),
        field("subject_id"),
        field("last_seen_checkpoint_id"),
        new AgreedValues(number("restarts"), number("total_uptime"), number("start_time")),
        number("as_of_time"),
        0,
        List.of(),
        List.of());
  }

  private String field(String name) {
    Matcher found = Pattern.compile('"' + name + "\":\"([^\"]*)\"").matcher(text);
    return found.find() ? found.group(1) : "";
  }

  private long number(String name) {
    Matcher found = Pattern.compile('"' + name + "\":(-?\\d+)").matcher(text);
    return found.find() ? Long.parseLong(found.group(1)) : 0;
  }
}
