package nara.mesh.wire;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static nara.mesh.wire.EventListFuzz.BART;
import static nara.mesh.wire.EventListFuzz.VERIFIER;
import static nara.mesh.wire.EventListFuzz.utf8;

import io.vertx.core.MultiMap;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import nara.fuzz.FuzzTarget;
import nara.fuzz.Property;
import nara.mesh.wire.RequestSignature.AuthResult;

/**
 * Arbitrary header values: the lines of the input are name, timestamp, signature, the body, and an
 * announced address.
 */
public final class RequestHeadersFuzz implements FuzzTarget {
  private static final Instant NOW = Instant.ofEpochSecond(1_800_000_000);
  private static final String PATH = "/events/sync";
  private static final SignatureHeaders REQUEST =
      RequestSignature.sign(BART.identity(), NOW, "POST", PATH);
  private static final byte[] BODY = utf8("{}");
  private static final SignatureHeaders RESPONSE =
      ResponseSignature.sign(BART.identity(), NOW, Body.of(BODY));

  @Override
  public List<byte[]> seeds() {
    return List.of(
        input(REQUEST, "{}", "10.0.0.1:7433"),
        input(RESPONSE, "{}", "[fe80::1%eth0]:80"),
        input(new SignatureHeaders("ünïcode", "-1", "="), "", "bart.local"),
        input(new SignatureHeaders("", "99999999999999999999", ""), "x", "a:b:c"));
  }

  private static byte[] input(SignatureHeaders headers, String body, String address) {
    return String.join(
            "\n",
            SignatureHeaders.encodeValue(headers.name()),
            headers.timestamp(),
            headers.signature(),
            body,
            address)
        .getBytes(ISO_8859_1);
  }

  @Override
  public void run(byte[] input) {
    String[] lines = new String(input, ISO_8859_1).split("\n", 5);
    SignatureHeaders headers =
        new SignatureHeaders(
            SignatureHeaders.decodeValue(line(lines, 0)), line(lines, 1), line(lines, 2));
    Property.equal(
        SignatureHeaders.decodeValue(SignatureHeaders.encodeValue(headers.name())),
        headers.name(),
        "a name in a header");
    readBack(headers);
    checkRequest(headers);
    Optional<String> fault =
        ResponseSignature.fault(
            headers, line(lines, 3).getBytes(ISO_8859_1), "bart", BART.key(), VERIFIER);
    fault.ifPresent(Property::printable);
    Property.holds(
        fault.isPresent() || headers.timestamp().equals(RESPONSE.timestamp()),
        "only what was signed is accepted as a response");
    checkAddress(line(lines, 4));
  }

  /** Through a map of headers and back, where the library accepts the values. */
  private static void readBack(SignatureHeaders headers) {
    MultiMap map = MultiMap.caseInsensitiveMultiMap();
    headers.addTo(map);
    Property.equal(SignatureHeaders.of(map), headers, "headers that are read back");
  }

  private static void checkRequest(SignatureHeaders headers) {
    switch (RequestSignature.authenticate(
        headers, "POST", PATH, NOW, name -> key(name), VERIFIER)) {
      case AuthResult.Authenticated sender -> {
        Property.equal(sender.name(), "bart", "the sender");
        Property.equal(headers.timestamp(), REQUEST.timestamp(), "the signed timestamp");
      }
      case AuthResult.UnknownSender sender -> Property.printable(sender.asFailure().reason());
      case AuthResult.AuthFailure failure -> Property.printable(failure.reason());
    }
  }

  private static Optional<nara.identity.PublicKey> key(String name) {
    return name.equals("bart") ? Optional.of(BART.key()) : Optional.empty();
  }

  private static void checkAddress(String text) {
    Optional<PeerAddress> address = PeerAddress.parse(text);
    Property.equal(address.isEmpty(), PeerAddress.fault(text).isPresent(), "parsed or faulty");
    address.ifPresent(
        parsed -> {
          Property.equal(PeerAddress.parse(parsed.toString()), address, "an address written again");
          Property.holds(PeerAddress.isHost(parsed.host()), "its host is one");
          Property.printable(parsed.toString());
        });
    PeerAddress.fault(text).ifPresent(Property::printable);
  }

  private static String line(String[] lines, int i) {
    return i < lines.length ? lines[i] : "";
  }
}
