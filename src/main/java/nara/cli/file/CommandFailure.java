package nara.cli.file;

import nara.cli.Main;

/**
 * A command cannot do what was asked, and its user can do something about it: the message is the
 * sentence that says what. It ends the command with exit code 2; {@link Main} prints it.
 */
public final class CommandFailure extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public CommandFailure(String sentence) {
    // Without a stack trace: it is an answer to the user, not a defect.
    super(sentence, null, false, false);
  }
}
