package nara.node.config;

import java.time.Duration;

/** The limits of this package, each with its reason. */
final class ConfigLimits {
  /** A full configuration with a hundred peers has less than 10,000 characters. */
  static final int MAX_CHARACTERS = 1 << 20;

  /** The deepest key is four levels deep. */
  static final int MAX_DEPTH = 16;

  /** The largest allowed number has ten digits. */
  static final int MAX_DIGITS = 40;

  /** The code points of the JSON parser's message, which may quote the file. */
  static final int MAX_PARSER_MESSAGE = 200;

  /** A soul has 55 characters; a longer file holds something else. */
  static final int SOUL_FILE_BYTES = 1_024;

  /** The keyring accepts longer names, but a name is part of MQTT topics and logs. */
  static final int MAX_NAME_CHARACTERS = 128;

  /** Linux allows 108 bytes for the path of a Unix socket, with the final zero. */
  static final int MAX_SOCKET_CHARACTERS = 107;

  /** Reading a local file takes milliseconds. */
  static final Duration READ_TIMEOUT = Duration.ofSeconds(30);

  private ConfigLimits() {}
}
