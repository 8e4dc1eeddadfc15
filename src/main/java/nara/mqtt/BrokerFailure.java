package nara.mqtt;

import io.netty.handler.codec.DecoderException;
import io.netty.handler.codec.TooLongFrameException;
import io.netty.handler.ssl.NotSslRecordException;
import io.vertx.mqtt.MqttConnectionException;
import java.nio.channels.ClosedChannelException;
import java.security.cert.CertPathBuilderException;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.util.Optional;
import java.util.concurrent.TimeoutException;
import java.util.function.Predicate;
import java.util.stream.Stream;
import javax.net.ssl.SSLException;

/** Says why there is no connection to the broker, in words for the operator, without secrets. */
final class BrokerFailure {
  /** The broker closed the connection without a reason. */
  static final String CLOSED = "it closed the connection";

  /** Nested causes that are examined: a chain of causes may be circular. */
  private static final int MAX_CAUSES = 10;

  private BrokerFailure() {}

  /** The reason, as the end of a sentence whose start names the broker. */
  static String describe(Throwable failure, BrokerUrl url, int maxMessageBytes) {
    if (failure instanceof MqttConnectionException refused) {
      return switch (refused.code()) {
        case CONNECTION_REFUSED_BAD_USER_NAME_OR_PASSWORD, CONNECTION_REFUSED_NOT_AUTHORIZED ->
            "it refuses the user or the password; check plaza.user and plaza.password";
        default -> "it refuses the connection (" + refused.code() + ")";
      };
    }
    if (failure instanceof TooLongFrameException
        || failure instanceof DecoderException decoder
            && decoder.getCause() instanceof TooLongFrameException) {
      return "it sent a message of over " + maxMessageBytes + " bytes";
    }
    if (failure instanceof TimeoutException) {
      return "it does not answer";
    }
    return knownReason(failure, url)
        .orElseGet(
            () -> {
              String message = failure.getMessage();
              return message == null || message.isBlank()
                  ? failure.getClass().getSimpleName()
                  // The caller's sentence names the address already.
                  : message.replaceFirst(": \\S*/\\S+$", "");
            });
  }

  /** The reason of a failed attempt: a broker closes connections that it does not understand. */
  static String ofAttempt(String reason, BrokerUrl url) {
    if (!reason.equals(CLOSED)) {
      return reason;
    }
    return url.tls()
        ? CLOSED + "; if its port does not speak TLS, set plaza.url to mqtt://"
        : CLOSED + "; if its port speaks TLS, set plaza.url to mqtts://";
  }

  private static Optional<String> knownReason(Throwable failure, BrokerUrl url) {
    if (has(failure, NotSslRecordException.class::isInstance)) {
      return Optional.of(
          "the broker does not speak TLS at this port; set plaza.url to mqtt://, or to its port"
              + " for TLS");
    }
    if (has(failure, CertificateExpiredException.class::isInstance)) {
      return Optional.of("the broker's certificate has expired, or this machine's clock is ahead");
    }
    if (has(failure, CertificateNotYetValidException.class::isInstance)) {
      return Optional.of(
          "the broker's certificate is not valid yet, or this machine's clock is behind");
    }
    if (has(failure, CertPathBuilderException.class::isInstance)
        || has(failure, CertPathValidatorException.class::isInstance)) {
      return Optional.of(
          "the broker's certificate is not signed by a known authority; give plaza.tls.ca");
    }
    if (says(failure, "subject alternative") || says(failure, "No name matching")) {
      return Optional.of(
          "the broker's certificate is not for "
              + url.host()
              + "; set plaza.url to a name in the certificate");
    }
    if (says(failure, "certificate_required") || says(failure, "bad_certificate")) {
      return Optional.of(
          "the broker asks for a certificate of this node; give plaza.tls.certificate and"
              + " plaza.tls.key");
    }
    if (has(failure, ClosedChannelException.class::isInstance)
        || says(failure, "Connection reset")
        || says(failure, "Connection closed")) {
      return Optional.of(CLOSED);
    }
    // Netty's decoder of MQTT met other bytes; with TLS, its failures have causes of their own.
    if (failure instanceof DecoderException && !has(failure, SSLException.class::isInstance)) {
      return Optional.of("what answers at this port is no MQTT broker; check plaza.url");
    }
    return failure instanceof SSLException && failure.getCause() != null
        ? Optional.ofNullable(failure.getCause().getMessage())
        : Optional.empty();
  }

  private static boolean says(Throwable failure, String words) {
    return has(failure, cause -> String.valueOf(cause.getMessage()).contains(words));
  }

  private static boolean has(Throwable failure, Predicate<Throwable> wanted) {
    return Stream.iterate(failure, cause -> cause != null, Throwable::getCause)
        .limit(MAX_CAUSES)
        .anyMatch(wanted);
  }
}
