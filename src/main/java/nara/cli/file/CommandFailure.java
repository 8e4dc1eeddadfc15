package nara.cli.file;

import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import nara.file.FileFault;

/**
 * A failure that the user can mend. It ends the command with exit code 2. The message says what is
 * wrong, where, and what to do.
 */
public final class CommandFailure extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public CommandFailure(String message) {
    // The user gets the message only, so a stack trace is not needed.
    super(message, null, false, false);
  }

  public static CommandFailure unreadable(Path file, IOException failure) {
    return new CommandFailure(
        failure instanceof NoSuchFileException
            ? "file not found: " + file
            : file + " cannot be read: " + reason(failure));
  }

  public static CommandFailure unwritable(Path file, IOException failure) {
    return new CommandFailure(file + " cannot be written: " + reason(failure));
  }

  private static String reason(IOException failure) {
    return failure instanceof NoSuchFileException
        ? "its directory does not exist"
        : FileFault.reason(failure);
  }
}
