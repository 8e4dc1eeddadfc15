package nara.log;

import ch.qos.logback.classic.encoder.JsonEncoder;
import ch.qos.logback.classic.spi.ILoggingEvent;
import java.nio.charset.StandardCharsets;
import nara.bounds.SafeText;

/**
 * Logback's JSON, one object a line, with all that is not printable escaped: peers choose names in
 * messages.
 */
final class PrintableJsonEncoder extends JsonEncoder {
  PrintableJsonEncoder() {
    setWithSequenceNumber(false);
    setWithNanoseconds(false);
    setWithContext(false);
    setWithMDC(false);
    setWithFormattedMessage(true);
    setWithMessage(false);
    setWithArguments(false);
  }

  @Override
  public byte[] encode(ILoggingEvent event) {
    String json = new String(super.encode(event), StandardCharsets.UTF_8);
    return SafeText.escapedJson(json).getBytes(StandardCharsets.UTF_8);
  }
}
