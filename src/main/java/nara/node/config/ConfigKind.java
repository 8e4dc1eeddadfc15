package nara.node.config;

import java.math.BigDecimal;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import nara.mesh.wire.PeerAddress;

/**
 * A kind of configuration value.
 *
 * @param allowed the allowed values, in words
 * @param parse reads a JSON value; empty when it is not allowed
 * @param format writes a value as it would stand in the configuration
 * @param fault what is wrong with a value that is not allowed, as the end of a sentence; empty when
 *     the allowed values say it
 */
record ConfigKind<T>(
    String allowed,
    Function<Object, Optional<T>> parse,
    Function<T, Object> format,
    Function<Object, Optional<String>> fault) {
  /** A kind whose allowed values say what is wrong with others. */
  ConfigKind(String allowed, Function<Object, Optional<T>> parse, Function<T, Object> format) {
    this(allowed, parse, format, given -> Optional.empty());
  }

  static final ConfigKind<Boolean> FLAG =
      new ConfigKind<>(
          "true or false",
          given -> given instanceof Boolean flag ? Optional.of(flag) : Optional.empty(),
          flag -> flag);
  static final ConfigKind<String> ANY_TEXT = text("a text", text -> true);
  static final ConfigKind<String> HOST =
      parsed(
          "a host name or address to listen on",
          text -> Optional.of(withoutBrackets(text)).filter(PeerAddress::isHost),
          host -> host);

  /** An IPv6 address stands in brackets wherever a port follows, so some write them here too. */
  private static String withoutBrackets(String host) {
    return host.startsWith("[") && host.endsWith("]") && host.indexOf(':') > 0
        ? host.substring(1, host.length() - 1)
        : host;
  }

  /** The same kind, which also says why a text is not allowed: "it has no host". */
  ConfigKind<T> explaining(Function<String, Optional<String>> reason) {
    return new ConfigKind<>(
        allowed,
        parse,
        format,
        given ->
            given instanceof String text
                ? reason.apply(text).map(fault -> "is not " + allowed + ": " + fault)
                : Optional.empty());
  }

  /** A whole number; {@code noun} is for example "a port". */
  static ConfigKind<Integer> number(int min, int max, String noun) {
    return new ConfigKind<>(
        "%s (%d to %d)".formatted(noun, min, max),
        given ->
            given instanceof BigDecimal number
                    && number.compareTo(BigDecimal.valueOf(min)) >= 0
                    && number.compareTo(BigDecimal.valueOf(max)) <= 0
                ? Optional.of(number.intValueExact())
                : Optional.empty(),
        number -> number);
  }

  /** A number of things; {@code noun} is for example "events". */
  static ConfigKind<Integer> count(int min, int max, String noun) {
    return number(min, max, "a number of " + noun);
  }

  static ConfigKind<Integer> port(int min) {
    return number(min, PeerAddress.MAX_PORT, "a port");
  }

  static ConfigKind<Integer> bytes(int min, int max) {
    return number(min, max, "a size in bytes");
  }

  static ConfigKind<Long> bytes(long min, long max) {
    return new ConfigKind<>(
        "a size in bytes (%d to %d)".formatted(min, max),
        given ->
            given instanceof BigDecimal number
                    && number.compareTo(BigDecimal.valueOf(min)) >= 0
                    && number.compareTo(BigDecimal.valueOf(max)) <= 0
                ? Optional.of(number.longValueExact())
                : Optional.empty(),
        number -> number);
  }

  static ConfigKind<Duration> duration(Duration min, Duration max) {
    return parsed(
        "a duration such as \"500ms\", \"30s\" or \"5m\" (%s to %s)"
            .formatted(Durations.format(min), Durations.format(max)),
        text -> Durations.parse(text).filter(d -> d.compareTo(min) >= 0 && d.compareTo(max) <= 0),
        Durations::format);
  }

  static ConfigKind<String> text(String allowed, Predicate<String> valid) {
    return parsed(allowed, text -> Optional.of(text).filter(valid), text -> text);
  }

  static ConfigKind<Path> path(String allowed) {
    return new ConfigKind<>(
        allowed,
        given -> given instanceof String text && !text.isBlank() ? pathOf(text) : Optional.empty(),
        Path::toString,
        given ->
            given instanceof String text && text.indexOf('\0') < 0 && pathOf(text).isEmpty()
                ? Optional.of(
                    "cannot be a file name in this locale; set LC_ALL=C.UTF-8, as scripts/nara"
                        + " does")
                : Optional.empty());
  }

  private static Optional<Path> pathOf(String text) {
    try {
      return Optional.of(Path.of(text));
    } catch (InvalidPathException invalid) {
      return Optional.empty();
    }
  }

  /** One of some words. */
  static <T> ConfigKind<T> oneOf(List<T> all, Function<T, String> word) {
    return parsed(
        all.stream().map(word).collect(Collectors.joining(", ", "one of ", "")),
        text -> all.stream().filter(each -> word.apply(each).equals(text)).findFirst(),
        word);
  }

  static <T> ConfigKind<T> parsed(
      String allowed, Function<String, Optional<T>> parse, Function<T, String> format) {
    return new ConfigKind<>(
        allowed,
        given -> given instanceof String text ? parse.apply(text) : Optional.empty(),
        format::apply);
  }
}
