package nara.discovery;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import nara.bounds.SafeText;
import nara.mesh.wire.AddressPolicy;

/**
 * The status of the local Tailscale daemon. An unusable daemon is a problem to report, not a
 * failure: there are other sources.
 *
 * @param own the address of this machine, or empty
 * @param addresses of the other machines that are online: IPv4, or IPv6 for those without
 * @param error a sentence, or empty
 */
record TailscaleStatus(String own, List<String> addresses, String error) {
  /** Machines of one response: as many as neighbours are kept. */
  static final int MAX_MACHINES = KnownNeighbours.MAX_NEIGHBOURS;

  private static final ObjectMapper JSON = new ObjectMapper();
  // Tailscale assigns addresses of 100.64.0.0/10 and of fd7a:115c:a1e0::/48.
  private static final Pattern IPV6 = Pattern.compile("fd7a:115c:a1e0:[0-9a-f:]{1,24}");
  private static final Pattern IPV4 =
      Pattern.compile("100(?:\\.(?:25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])){3}");

  static TailscaleStatus failed(String error) {
    return new TailscaleStatus("", List.of(), error);
  }

  /** Parses the response of {@code GET /localapi/v0/status}. */
  static TailscaleStatus parse(byte[] body) {
    JsonNode status;
    try {
      status = JSON.readTree(body);
    } catch (JsonProcessingException invalid) {
      String reason = SafeText.excerpt(invalid.getOriginalMessage());
      return failed("the Tailscale daemon's response is not JSON: " + reason);
    } catch (IOException impossible) {
      throw new UncheckedIOException("reading from memory", impossible);
    }
    if (status == null || !status.isObject()) {
      return failed("the Tailscale daemon's response is not a JSON object");
    }
    String state = status.path("BackendState").asText();
    if (!state.equals("Running")) {
      return failed("Tailscale is not running: its daemon says " + SafeText.quoted(state));
    }
    List<String> addresses = new ArrayList<>();
    for (JsonNode machine : status.path("Peer")) {
      String address = address(machine);
      if (machine.path("Online").asBoolean()
          && !address.isEmpty()
          && addresses.size() < MAX_MACHINES) {
        addresses.add(address);
      }
    }
    return new TailscaleStatus(address(status.path("Self")), addresses, "");
  }

  /** The IPv4 address of a machine, else its IPv6 address, else empty. */
  private static String address(JsonNode machine) {
    String found = "";
    for (JsonNode each : machine.path("TailscaleIPs")) {
      String address = each.asText();
      if (IPV4.matcher(address).matches()) {
        return address;
      }
      if (found.isEmpty()
          && IPV6.matcher(address).matches()
          && AddressPolicy.literal(address).isPresent()) {
        found = address;
      }
    }
    return found;
  }
}
